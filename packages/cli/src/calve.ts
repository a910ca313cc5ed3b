#!/usr/bin/env node
import './keep-heap-small.ts';
import { readFileSync } from 'node:fs';
import { listenForInterrupts } from './interrupts.ts';
import { main } from './main.ts';
import { defectLines } from './render/error-lines.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const isDebugging = process.env['CALVE_DEBUG'] === '1';

// A reader that has seen enough (`calve head … | head -3`) closes the pipe: what is left to say is said to nobody, and the command ends as it
// would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') reportDefect(error);
  });
}
process.on('uncaughtException', reportDefect);

const interrupts = listenForInterrupts(
  process,
  () => process.stderr.write('\nStopping: what is under way is brought to a safe end. Ctrl-C again stops at once.\n'),
  () => process.exit(130),
);
process.exitCode = await main({
  words: process.argv.slice(2),
  workingDirectory: process.cwd(),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupts.signal,
  isDebugging,
});
interrupts.stop();

function reportDefect(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${[...defectLines({ code: name, message }), ...(isDebugging ? [stack] : [])].join('\n')}\n`);
  process.exit(1);
}
