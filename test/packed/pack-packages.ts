import { execFile } from 'node:child_process';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['core', 'source-local', 'format-csv', 'sink-iceberg'];

/**
 * Builds and packs the packages as they would be published, and installs the tarballs into a project of their own with pnpm's strict
 * layout, in which a package finds only what it declares.
 *
 * @returns The folder of the project.
 */
export async function installPackedPackages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-packed-'));
  const tarballs = join(folder, 'tarballs');
  await pnpm(['run', 'build'], repository);
  for (const name of PACKAGES) await pnpm(['pack', '--pack-destination', tarballs], join(repository, 'packages', name));
  const dependencies: Record<string, string> = {};
  for (const file of await readdir(tarballs)) {
    const name = PACKAGES.find((known) => file.startsWith(`calve-${known}-`));
    if (name) dependencies[`@calve/${name}`] = `file:./tarballs/${file}`;
  }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies }),
  );
  const overrides = Object.entries(dependencies).map(([name, tarball]) => `  '${name}': '${tarball}'`);
  await writeFile(
    join(folder, 'pnpm-workspace.yaml'),
    `nodeLinker: isolated\nhoist: false\noverrides:\n${overrides.join('\n')}\n`,
  );
  await pnpm(['install', '--prefer-offline', '--no-frozen-lockfile'], folder);
  return folder;
}

async function pnpm(options: string[], cwd: string): Promise<void> {
  try {
    await run('pnpm', options, { cwd, maxBuffer: 64 << 20 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`pnpm ${options.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}
