import { sep } from 'node:path';

/** What RFC 3986 allows inside a path segment and `encodeURIComponent` escapes all the same; `=` keeps partition folders readable. */
const ALLOWED = /%(?:3D|26|2B|24|2C|3A|3B|40)/g;

/** The file URL of an absolute path, percent-encoded as UTF-8 (RFC 8089): `/in/a b#1.csv` gives `file:///in/a%20b%231.csv`. */
export function fileUri(path: string): string {
  const names = path.split(sep).map(encodeName);
  // A Windows path begins with its drive, which becomes the first name.
  return `file://${names[0] === '' ? '' : '/'}${names.join('/')}`;
}

/** Names that stand in a URL as they are. */
const PLAIN = /^[\w.~!*'()=&+$,:;@-]*$/;

/** One name of a path as it stands in a file URL. A lone surrogate, which no URL can hold, becomes U+FFFD. */
export function encodeName(name: string): string {
  if (PLAIN.test(name)) return name;
  return encodeURIComponent(name.toWellFormed()).replace(ALLOWED, decodeURIComponent);
}

/** Names that mean themselves in a URL: no escapes, nothing that begins a query or a fragment, no way up. */
const PLAIN_PATH = /^(?!\.)[\w.~=-]+(?:\/(?!\.)[\w.~=-]+)*$/;

/** True for a part of a file URL that is the same as a path. */
export function isPlainPath(part: string): boolean {
  return PLAIN_PATH.test(part);
}
