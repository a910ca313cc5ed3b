import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** A program of this folder as it is started. */
export interface BundledProgram {
  /** Node, and the one file that holds the program and all that it imports. */
  command: readonly string[];
  /** Variables beside those of this process: compiled code is kept with the file. */
  environment: Record<string, string>;
}

const bundled = new Map<string, BundledProgram>();
let folder: string | null = null;

/**
 * Bundles a program from the sources as they are now: tests of crashes start one hundreds of times, and one file starts in less than half of the time that
 * some hundred modules take. It starts no threads, for want of their file; tests of threads start from the modules.
 *
 * @param name File name in this folder.
 */
export function bundledProgram(name: string): BundledProgram {
  const known = bundled.get(name);
  if (known) return known;
  const outfile = join(temporaryFolder(), name.replace(/\.ts$/, '.mjs'));
  buildSync({
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['calve-source'],
    logLevel: 'error',
  });
  const program = {
    command: [process.execPath, outfile],
    environment: { NODE_COMPILE_CACHE: join(temporaryFolder(), 'compiled') },
  };
  bundled.set(name, program);
  return program;
}

/** Goes with this process. */
function temporaryFolder(): string {
  if (folder !== null) return folder;
  const made = mkdtempSync(join(tmpdir(), 'calve-bundled-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}
