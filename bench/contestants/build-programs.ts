import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { run } from '../../tools/run-command.ts';

/** The packages that the bench runs, in the order in which they are built. */
const packages = ['core', 'format-csv', 'format-json', 'source-local', 'sink-iceberg'];

/** This repository. */
export const repository = join(import.meta.dirname, '..', '..');

const built = new Set<string>();

/**
 * Builds the packages of a work tree as users get them, without types, which no run needs: once in this process. About 5 seconds.
 *
 * @throws {Error} A package does not build; the message is that of the build.
 */
export function buildPackages(root: string): void {
  if (built.has(root)) return;
  for (const name of packages) {
    const folder = join(root, 'packages', name);
    const { ok, stderr, stdout } = run(join(root, 'node_modules', '.bin', 'tsup'), ['--no-dts', '--silent'], {}, folder);
    if (!ok) throw new Error(`${folder} does not build: ${stderr || stdout}`);
  }
  built.add(root);
}

/**
 * Makes plain JavaScript of a program of this folder: no run of Calve pays for taking types away, which no user does either.
 *
 * @param name `run-calve` or `run-papaparse`.
 * @param root The work tree with the packages that it imports, built before.
 * @param folder Where the program goes.
 * @returns Its path.
 */
export async function buildProgram(name: string, root: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    plugins: [
      {
        name: 'packages-stay-outside',
        setup({ onResolve }) {
          onResolve({ filter: /^@calve\// }, ({ path }) => ({ path: builtEntry(root, path), external: true }));
          onResolve({ filter: /^[a-z]/ }, ({ path }) =>
            path.startsWith('node:') ? { path, external: true } : { path: import.meta.resolve(path), external: true },
          );
        },
      },
    ],
  });
  return outfile;
}

/** The built file behind an import such as `@calve/core/node`. */
function builtEntry(root: string, imported: string): string {
  const [, name = '', ...rest] = imported.split('/');
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string }>;
  };
  const entry = manifest.exports[['.', ...rest].join('/')];
  if (entry === undefined) throw new Error(`${folder} has no entry for ${imported}.`);
  return pathToFileURL(join(folder, entry.default)).href;
}
