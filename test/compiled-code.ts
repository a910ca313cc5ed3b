import { join } from 'node:path';
import { cacheFolder } from './readers/readers-status.ts';

/**
 * Node keeps compiled code for all processes of a test run, and types that were stripped: most tests start some, each of which loads the same
 * sources, and compiling them takes longer than most of what they do.
 */
export default function compiledCode(): void {
  process.env['NODE_COMPILE_CACHE'] ??= join(cacheFolder(), 'compiled');
}
