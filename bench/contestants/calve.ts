import { join } from 'node:path';
import { buildPackages, buildProgram, repository } from './build-programs.ts';
import type { Contestant } from './contestant.ts';

/** The flags with which a program of Calve is profiled. */
export const profileFlags = (folder: string): string[] => ['--cpu-prof', `--cpu-prof-dir=${folder}`];

/** What a host does that forbids WebAssembly and lets Node compile JavaScript. */
const withoutWebAssembly = '--import=data:text/javascript,delete globalThis.WebAssembly';

/** @param compiled Where Node keeps compiled code between runs, as Python does for its packages; null: nowhere. */
function calve(name: string, title: string, words: readonly string[], compiled: string | null): Contestant {
  return {
    name,
    title,
    writes: 'table',
    threadLimit: 'workers: 0 for one thread, otherwise as many as threads',
    command: (job) => [process.execPath, ...words, job],
    environment: () => (compiled === null ? {} : { NODE_COMPILE_CACHE: compiled }),
    cannot: () => null,
  };
}

/**
 * Calve as users get it: packages built, the program in plain JavaScript.
 *
 * @param root A work tree whose packages are installed.
 * @throws {Error} A package does not build.
 */
export async function builtCalve(folder: string, name = 'calve', title = 'Calve', root = repository): Promise<Contestant> {
  buildPackages(root);
  return calve(name, title, [await buildProgram('run-calve', root, join(folder, name))], join(folder, name, 'compiled'));
}

/**
 * The same where there is no WebAssembly, so that its JavaScript does all the work.
 *
 * @throws {Error} A package does not build.
 */
export async function plainCalve(folder: string): Promise<Contestant> {
  buildPackages(repository);
  const [name, program] = ['calve-plain', await buildProgram('run-calve', repository, join(folder, 'calve-plain'))];
  return {
    ...calve(name, 'Calve without WebAssembly', [withoutWebAssembly, program], join(folder, name, 'compiled')),
    cannot: ({ task, arriving }) =>
      task === 'append' && arriving === undefined ? null : 'measured where loading is what takes the time',
  };
}

/** Calve from its sources, which costs a second to begin with: for tests that look at values only. */
export function calveFromSources(): Contestant {
  return calve('calve', 'Calve', ['--conditions=calve-source', join(import.meta.dirname, 'run-calve.ts')], null);
}
