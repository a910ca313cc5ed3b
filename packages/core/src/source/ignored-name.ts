/** Why a file or folder is left out unless the pattern asks for it. */
export interface IgnoredName {
  kind: 'hidden' | 'marker';
  /** A plain sentence. */
  reason: string;
}

/** What a rule recognises a name by: no wildcard of a pattern may match this part. */
interface TellTale extends IgnoredName {
  start: number;
  end: number;
}

/**
 * Tells whether a path names something that is not data: hidden files and folders, and files that other programs leave as markers or
 * while they still write. Hadoop, and so Spark, drops names that begin with `.` or `_`, or end in `._COPYING_`, without a word; a folder
 * such as `_date=2024-01-01` is a partition and stays.
 *
 * @param path Relative, separator `/`. The first segment that is ignored decides.
 * @returns null: an ordinary name.
 * @see HadoopFSUtils.shouldFilterOutPathName in Apache Spark 4.0.
 *
 * @example
 * ignoredName('out/_SUCCESS')?.kind; // => 'marker'
 */
export function ignoredName(path: string): IgnoredName | null {
  const segments = path.split('/');
  for (const [index, segment] of segments.entries()) {
    const found = tellTale(segment, index === segments.length - 1);
    if (found) return { kind: found.kind, reason: found.reason };
  }
  return null;
}

/**
 * Replaces what makes a name ignored by a character that no pattern spells out. Given to `compileGlob` as its mask it makes a matcher
 * for the paths that a pattern asks for by name.
 */
export function maskIgnored(segment: string, isLast: boolean): string {
  const found = tellTale(segment, isLast);
  if (!found) return segment;
  return `${segment.slice(0, found.start)}\uffff${segment.slice(found.end)}`;
}

const SUFFIXES = [
  { suffix: '._COPYING_', what: 'a copy that is still under way', isFileOnly: false },
  { suffix: '.crc', what: 'a checksum file', isFileOnly: true },
  { suffix: '.part', what: 'a download that is not complete', isFileOnly: true },
];

function tellTale(name: string, isLast: boolean): TellTale | null {
  if (isLast && name === '_SUCCESS') return marker(0, 1, `"${name}" marks the end of a Spark or Hadoop job; it holds no rows.`);
  if (isLast && name === '.DS_Store') return marker(0, 1, `"${name}" belongs to the macOS Finder; it holds no rows.`);
  if (isLast && name.startsWith('~$')) return marker(0, 2, `"${name}" is a lock file of an office program; it holds no rows.`);
  for (const { suffix, what, isFileOnly } of SUFFIXES) {
    if (name.endsWith(suffix) && (isLast || !isFileOnly)) {
      return marker(name.length - suffix.length, name.length, `"${name}" is ${what}.`);
    }
  }
  if (name === '..') return hidden('The part ".." of the name leads out of its folder; nothing outside is read.');
  if (name === '.') return hidden('The part "." of the name stands for no folder of its own; write the name without it.');
  if ((name.startsWith('.') || name.startsWith('_')) && !name.includes('=')) {
    return hidden(`The ${isLast ? 'name' : 'folder'} "${name}" begins with "${name[0]}", so it counts as hidden.`);
  }
  return null;
}

/** The first character gives it away. */
function hidden(reason: string): TellTale {
  return { kind: 'hidden', reason, start: 0, end: 1 };
}

function marker(start: number, end: number, reason: string): TellTale {
  return { kind: 'marker', reason, start, end };
}
