import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../tools/run-command.ts';
import { cacheFolder } from '../readers/readers-status.ts';

const repository = join(import.meta.dirname, '..', '..');
const packagesFolder = join(repository, 'packages');

const KEEP_MILLISECONDS = 3_600_000;

let packed: Promise<Record<string, string>> | undefined;

/**
 * Builds and packs all packages as they would be published. Done once for one state of their sources, however many tests and checks ask and
 * in whichever process: the tarballs are kept in the cache folder under the hash of what they were made from.
 *
 * @returns The path of a tarball by the name of its package.
 */
export function packPackages(): Promise<Record<string, string>> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<Record<string, string>> {
  const home = join(cacheFolder(), 'packed');
  mkdirSync(home, { recursive: true });
  const unlock = await lock(join(home, 'lock'));
  try {
    const howBuilt = ['few-chunks.ts', 'eager-functions.ts'].map((name) => join(repository, 'tools', name));
    const files = [...packageNames().flatMap((name) => filesOf(name)), ...howBuilt];
    const folder = join(home, hashOf(files));
    if (!existsSync(folder)) {
      for (const name of readdirSync(home)) removeOld(join(home, name));
      if (!isBuilt(files)) pnpm(['run', 'build']);
      const part = `${folder}.part`;
      pnpm(['-r', '--filter', './packages/*', 'pack', '--pack-destination', part]);
      renameSync(part, folder);
    }
    return Object.fromEntries(packageNames().map((name) => [manifestOf(name).name, tarballOf(folder, name)]));
  } finally {
    unlock();
  }
}

/** Tarballs of an earlier state; not those that a test may be using. */
function removeOld(path: string): void {
  const { mtimeMs } = statSync(path);
  if (!path.endsWith('lock') && Date.now() - mtimeMs > KEEP_MILLISECONDS) rmSync(path, { recursive: true });
}

/** The folders of packages that are published. */
function packageNames(): string[] {
  return readdirSync(packagesFolder)
    .filter((name) => existsSync(join(packagesFolder, name, 'package.json')) && !manifestOf(name).private)
    .sort();
}

function manifestOf(name: string): { name: string; version: string; private?: boolean } {
  return JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    private?: boolean;
  };
}

function tarballOf(folder: string, name: string): string {
  const manifest = manifestOf(name);
  return join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
}

/** Everything that a tarball is made from. */
function filesOf(name: string): string[] {
  const folder = join(packagesFolder, name);
  const sources = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name));
  const others = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [...sources, ...others.map((entry) => join(folder, entry.name))].sort();
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [join(repository, 'pnpm-lock.yaml'), join(repository, 'LICENSE'), ...files]) {
    hash
      .update(`${file.slice(repository.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** True when everything that was built is younger than everything that it was built from: `./dev check` has just built it. */
function isBuilt(files: readonly string[]): boolean {
  const youngest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  return packageNames().every((name) => {
    const built = join(packagesFolder, name, 'dist');
    if (!existsSync(built)) return false;
    const files = readdirSync(built).filter((file) => /\.(js|ts)$/.test(file));
    return files.includes('index.d.ts') && files.every((file) => statSync(join(built, file)).mtimeMs > youngest);
  });
}

/** One process at a time: builds write into the packages' own folders. A lock whose process is gone counts for nothing. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!isHeld(file)) rmSync(file, { force: true });
      else await setTimeout(100);
    }
  }
}

function isHeld(file: string): boolean {
  try {
    // An empty file is one that its owner has just made.
    const owner = Number(readFileSync(file, 'utf8'));
    return owner === 0 || process.kill(owner, 0);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function pnpm(words: string[]): void {
  const { ok, stdout, stderr } = run('pnpm', words, {}, repository);
  if (!ok) throw new Error(`pnpm ${words.join(' ')} failed in ${repository}:\n${stdout}\n${stderr}`);
}
