import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords } from '../../tools/python-environment.ts';
import { run } from '../../tools/run-command.ts';
import { repository } from './build-programs.ts';
import { builtCalve } from './calve.ts';
import type { Contestant } from './contestant.ts';

/**
 * Calve as it was at a commit, built in a folder of its own, driven by the program of this work tree.
 *
 * @param commit What git takes for a commit; `.` is this work tree with its changes.
 * @param folder Everything goes below it.
 * @throws {Error} There is no such commit, or it does not build.
 */
export async function calveAtCommit(name: string, commit: string, folder: string): Promise<Contestant> {
  const programs = join(folder, 'programs');
  if (commit === '.') return await builtCalve(programs, name, 'this work tree');
  const found = must(run('git', ['log', '-1', '--format=%h %s', commit], {}, repository), `There is no commit ${commit}`);
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const archive = join(folder, `${name}.tar`);
  must(run('git', ['archive', `--output=${archive}`, commit], {}, repository), `${commit} cannot be taken out`);
  must(run('tar', ['-xf', archive, '-C', root]), `${archive} cannot be unpacked`);
  rmSync(archive);
  // CI: pnpm asks nothing.
  must(run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { CI: 'true' }, root), `The packages of ${commit}`);
  return await builtCalve(programs, name, found.trim(), root);
}

function must({ ok, stdout, stderr }: ReturnType<typeof run>, what: string): string {
  if (!ok) throw new Error(`${what}: ${lastWords(stderr || stdout)}`);
  return stdout;
}
