import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type CommandResult, run } from '../../tools/run-command.ts';
import { packPackages } from './pack-packages.ts';

const repository = join(import.meta.dirname, '..', '..');

/** Somebody else's project, in a folder of its own outside of this repository. */
export interface ConsumerProject {
  folder: string;
  /** Writes a file; folders on the way are made. */
  write(path: string, content: string | Uint8Array): void;
  /** Runs Node there with nothing of this process's environment but PATH. */
  node(parameters: string[], subfolder?: string): CommandResult;
  /** Runs the TypeScript compiler on a `tsconfig.json` in a folder there; `output` is what it found wrong. */
  tsc(subfolder: string, options: Record<string, unknown>, parameters?: string[]): { ok: boolean; output: string };
  /** Deletes the folder. */
  remove(): void;
}

/**
 * A project in which the tarballs were installed with npm, as in `npm install ./calve-core.tgz …` in an empty folder. It has TypeScript's
 * view of Node beside, since a project with a compiler has that too.
 */
export async function npmProject(): Promise<ConsumerProject> {
  const folder = emptyFolder();
  const tarballs = Object.values(await packPackages());
  const words = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs];
  succeed(run('npm', words, {}, folder), `npm ${words.join(' ')}`);
  return consumerProject(folder);
}

/** A project in which the tarballs were installed with pnpm's strict layout, where a package finds only what it declares. */
export async function strictPnpmProject(): Promise<ConsumerProject> {
  const folder = emptyFolder();
  const tarballs = Object.entries(await packPackages()).map(([name, path]) => [name, `file:${path}`]);
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: Object.fromEntries(tarballs) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const overrides = tarballs.map(([name, tarball]) => `  '${name}': '${tarball}'\n`).join('');
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), `nodeLinker: isolated\nhoist: false\noverrides:\n${overrides}`);
  const words = ['install', '--prefer-offline', '--no-frozen-lockfile'];
  succeed(run('pnpm', words, {}, folder), `pnpm ${words.join(' ')}`);
  return consumerProject(folder);
}

function emptyFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'calve-consumer-')));
}

function consumerProject(folder: string): ConsumerProject {
  return {
    folder,
    write(path, content) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    node(parameters, subfolder = '') {
      const path = process.env['PATH'] ?? '';
      return run('/usr/bin/env', ['-i', `PATH=${path}`, process.execPath, ...parameters], {}, join(folder, subfolder));
    },
    tsc(subfolder, options, parameters = []) {
      linkNodeTypes(folder);
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, ...options };
      writeFileSync(join(folder, subfolder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }));
      const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
      const result = run(process.execPath, [compiler, '--pretty', 'false', ...parameters], {}, join(folder, subfolder));
      return { ok: result.ok, output: result.stdout + result.stderr };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** `npm install --save-dev @types/node`, without the way to the registry: this repository has it. */
function linkNodeTypes(folder: string): void {
  const types = join(folder, 'node_modules', '@types');
  mkdirSync(types, { recursive: true });
  const from = realpathSync(join(repository, 'node_modules', '@types', 'node'));
  for (const [source, name] of [
    [from, 'node'],
    [join(from, '..', '..', 'undici-types'), '../undici-types'],
  ] as const) {
    try {
      symlinkSync(source, join(types, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function succeed(result: CommandResult, command: string): void {
  if (!result.ok) throw new Error(`${basename(command)} failed:\n${result.stdout}\n${result.stderr}`);
}
