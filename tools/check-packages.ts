// Looks at the packages as their users get them: every entry of `exports` is built, has types, and loads in plain Node from there; and what
// publint and Are The Types Wrong find in the tarballs. Run by `./dev check` after the build.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packPackages } from '../test/packed/pack-packages.ts';
import { checkTarball } from './check-tarball.ts';
import { run } from './run-command.ts';

type Entry = Record<string, string>;

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, Entry>;
  publishConfig?: { exports?: Record<string, Entry> };
}

/** What is wrong with the built package in `folder`, one sentence each. */
export function checkPackage(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const published = manifest.publishConfig?.exports ?? {};
  const problems: string[] = [];
  for (const [subpath, entry] of Object.entries(manifest.exports)) {
    const name = join(manifest.name, subpath);
    const { 'calve-source': _source, ...shipped } = entry;
    if (JSON.stringify(published[subpath]) !== JSON.stringify(shipped)) {
      problems.push(`${name}: publishConfig.exports differs from exports without "calve-source".`);
    }
    const missing = Object.values(entry).filter((file) => !existsSync(join(folder, file)));
    problems.push(...missing.map((file) => `${name}: ${file} is in exports, but is not there.`));
    if (missing.length > 0) continue;
    const loaded = run(process.execPath, ['--input-type=module', '--eval', `await import(${JSON.stringify(name)})`], {}, folder);
    if (!loaded.ok) problems.push(`${name}: does not load from ${folder}: ${loaded.stderr.trim()}`);
  }
  for (const subpath of Object.keys(published)) {
    if (!(subpath in manifest.exports))
      problems.push(`${manifest.name}: publishConfig.exports has "${subpath}", exports has not.`);
  }
  return problems;
}

if (import.meta.main) {
  const packages = join(import.meta.dirname, '..', 'packages');
  const problems = readdirSync(packages).flatMap((name) => checkPackage(join(packages, name)));
  const tarballs = Object.values(await packPackages());
  for (const path of tarballs) problems.push(...(await checkTarball(path)));
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
