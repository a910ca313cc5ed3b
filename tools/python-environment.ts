// A Python of this machine, and uv, which makes environments with exact packages; for the tools that fetch programs written in Python.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run-command.ts';

const uvVersion = '0.13.8';

/** Refused with a sentence for people when this machine lacks something; the tier is then left out. */
export class TierMissing extends Error {}

/** The first line that says something, of what a command printed when it failed. */
export function lastWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-3).join(' / ').slice(0, 600) || 'no output';
}

/** A Python of the system that is new enough. */
export function findPython(): string {
  const seen: string[] = [];
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const result = run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    if (!result.ok) continue;
    const version = result.stdout.trim();
    if (Number(version.split('.')[1]) >= 10) return name;
    seen.push(version);
  }
  const found = seen.length > 0 ? `only Python ${seen.join(', ')} is here` : 'there is no python3 on this machine';
  throw new TierMissing(`${found}; install Python 3.10 or newer, with pip`);
}

/** uv installs the packages in seconds where pip needs minutes. It comes from PyPI, through the pip of this machine. */
export function prepareUv(cache: string, python: string): string {
  const folder = join(cache, 'uv');
  const uv = join(folder, 'bin', 'uv');
  if (run(uv, ['--version']).ok) return uv;
  process.stdout.write(`Fetching uv ${uvVersion} from PyPI ...\n`);
  rmSync(folder, { recursive: true, force: true });
  const result = run(python, ['-m', 'pip', 'install', '--quiet', '--target', folder, `uv==${uvVersion}`]);
  if (!result.ok)
    throw new TierMissing(`pip could not fetch uv (${lastWords(result.stderr)}); is pip installed and this machine online?`);
  return uv;
}

/** uv does not read the configuration of pip: a mirror that is set there has to be handed on. */
export function indexOfPip(python: string): Record<string, string> {
  if (process.env['UV_DEFAULT_INDEX'] || process.env['UV_INDEX_URL']) return {};
  const index = process.env['PIP_INDEX_URL'] ?? run(python, ['-m', 'pip', 'config', 'get', 'global.index-url']).stdout.trim();
  return index ? { UV_DEFAULT_INDEX: index } : {};
}
