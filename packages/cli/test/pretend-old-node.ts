// Preloaded by a test: says that this is Node 20, and tells at the end which files of the program were loaded.

import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

Object.defineProperty(process.versions, 'node', { value: '20.19.2' });
const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => writeFileSync(process.env['CALVE_TEST_LOADED'] ?? '', JSON.stringify(loaded)));
