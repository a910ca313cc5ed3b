import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dltEnvironment, dltRequirements } from '../test/torture/adapters.ts';
import { findPython, indexOfPip, lastWords, prepareUv, TierMissing } from './python-environment.ts';
import { run } from './run-command.ts';

/** Fetches dlt from PyPI into the cache, about 300 MB; done again only after a change of its versions. @throws {TierMissing} */
export function prepareDlt(cache: string): void {
  const python = join(dltEnvironment, 'bin', 'python');
  const stamp = join(dltEnvironment, '.calve-requirements');
  const wanted = createHash('sha256').update(readFileSync(dltRequirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && run(python, ['--version']).ok) return;
  const system = findPython();
  const uv = prepareUv(cache, system);
  process.stderr.write('Fetching dlt from PyPI (about 300 MB on disk) ...\n');
  rmSync(dltEnvironment, { recursive: true, force: true });
  const made = run(uv, ['venv', '--quiet', '--python', system, dltEnvironment]);
  if (!made.ok) throw new TierMissing(`a Python environment could not be made in ${dltEnvironment}: ${lastWords(made.stderr)}`);
  const installed = run(
    uv,
    ['pip', 'install', '--quiet', '--python', python, '--requirement', dltRequirements],
    indexOfPip(system),
  );
  if (!installed.ok) throw new TierMissing(`dlt could not be fetched: ${lastWords(installed.stderr)}`);
  writeFileSync(stamp, wanted);
}
