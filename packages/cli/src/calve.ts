#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { oldNodeText } from './node-version.ts';

// An older Node cannot even parse what is imported below, so nothing of it stands above.
const problem = oldNodeText(process.versions.node);
if (problem === null) {
  // Files of any shape have to fit into a few hundred megabytes, also one of ten thousand columns, whose plan is a million small objects. V8
  // would rather let the heap grow to several times of what is in use than collect it. Held to twice that, and its space for new objects to the
  // first size, a command takes a third less memory and hardly more time. Told before the rest is loaded. https://v8.dev/blog/trash-talk
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
  // What V8 makes of the built files is kept for the next command, in a folder of this user below the temporary one (`NODE_COMPILE_CACHE` says
  // another, `NODE_DISABLE_COMPILE_CACHE=1` none). Flags are part of its key, so it comes after them. Sources change, and are not kept.
  if (import.meta.url.endsWith('.js')) (await import('node:module')).enableCompileCache();
  await import('./start.ts');
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
