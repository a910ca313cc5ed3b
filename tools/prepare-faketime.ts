// Fetches libfaketime, which moves the clock of a process in test/machine, from the Debian packages that this machine is set up for. Needs no rights; run
// by `./dev test` and `./dev readers`, and does nothing when it is there.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { faketimeFolder, faketimeLibrary } from '../test/machine/faketime.ts';
import { lastWords } from './python-environment.ts';
import { run } from './run-command.ts';

/** @returns Why it could not be fetched, as half a sentence; null: it is here. */
function prepare(): string | null {
  if (process.platform !== 'linux') return 'it works on Linux only';
  if (faketimeLibrary()) return null;
  const folder = faketimeFolder();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  process.stdout.write('Fetching libfaketime from the Debian packages ...\n');
  const download = () => run('apt-get', ['download', 'libfaketime'], {}, folder);
  let fetched = download();
  if (fetched.missing) return 'there is no apt-get on this machine; install libfaketime';
  // A new machine has no lists of packages yet.
  if (!fetched.ok && run('apt-get', ['update']).ok) fetched = download();
  if (!fetched.ok) return `apt-get could not fetch it: ${lastWords(fetched.stderr)}`;
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  const unpacked = run('dpkg-deb', ['-x', join(folder, file), folder]);
  return unpacked.ok ? null : `it could not be unpacked: ${lastWords(unpacked.stderr)}`;
}

const reason = prepare();
if (reason !== null)
  process.stdout.write(`Left out: the tests that move the clock of a process with libfaketime, because ${reason}.\n`);
