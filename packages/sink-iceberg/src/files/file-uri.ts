import { resolve } from 'node:path';
import { CalveError } from '@calve/core/plugin';

/**
 * The `file://` URI of a local file or folder, without a slash at its end. The path is not percent-encoded: Iceberg's engines take
 * what follows the scheme as it is.
 *
 * @param location A path, relative to the working directory or absolute, or a `file:` URI.
 * @throws {CalveError} `ICEBERG_LOCATION_UNSUPPORTED`: another scheme, or `?` or `#`, which some engines take for the end of a path.
 */
export function fileUri(location: string): string {
  const resolved = resolve(/^file:/.test(location) ? localPath(location) : refuseScheme(location));
  // Elsewhere it is a character of a name like any other: another one in its place would be another folder.
  const path = process.platform === 'win32' ? resolved.replaceAll('\\', '/') : resolved;
  if (/[?#]/.test(path)) throw unsupported(location, 'must not contain "?" or "#"');
  return path.startsWith('/') ? `file://${path}` : `file:///${path}`;
}

/**
 * The local path of a location that any engine wrote: `file:///abs`, `file://localhost/abs`, `file:/abs` or a bare absolute path.
 *
 * @throws {CalveError} `ICEBERG_LOCATION_UNSUPPORTED`: another scheme or host.
 */
export function localPath(location: string): string {
  const uri = /^file:(?:\/\/(?:localhost)?(?=\/)|(?!\/\/))(\/.*)$/s.exec(location);
  const path = uri ? (uri[1] as string) : refuseScheme(location);
  if (/^file:/.test(path)) throw unsupported(location, 'names another host');
  // file:///C:/lake
  return /^\/[A-Za-z]:\//.test(path) && process.platform === 'win32' ? path.slice(1) : path;
}

function refuseScheme(location: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(location)) throw unsupported(location, 'is not on this machine');
  return location;
}

function unsupported(location: string, why: string): CalveError {
  return new CalveError(
    'ICEBERG_LOCATION_UNSUPPORTED',
    `The location ${location} ${why}; this sink reads and writes local files.`,
    {
      recovery: 'fix-input',
      context: { location },
    },
  );
}
