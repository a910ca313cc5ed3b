import { decodedPath } from '@calve/core/plugin';

/** How Hadoop, and so Spark, names a file. */
export interface HadoopFile {
  /** What it opens: nothing is escaped in it. */
  path: string;
  /** What it prints, in `_metadata.file_path` for instance, with one slash behind the scheme. */
  filePath: string;
}

/** What `java.net.URI` lets stand in a path, besides letters, digits and everything beyond ASCII that is neither blank nor control. */
const PLAIN = /[A-Za-z0-9_\-!.~'()*,;:$&+=@/]/;
const OTHER = /[\p{Cc}\p{Z}]/u;

const encoder = new TextEncoder();

/**
 * A file in Hadoop's words; or why Spark cannot read it, the part of a sentence that follows its URI.
 *
 * @param uri `file:///…`, percent-encoded.
 */
export function hadoopFile(uri: string): HadoopFile | { problem: string } {
  if (!uri.startsWith('file:///')) return { problem: 'only files on disk (file:///) are printed yet' };
  const path = decodedPath(uri.slice('file://'.length));
  const names = path.split('/').slice(1);
  const last = names.at(-1) ?? '';
  // Spark does not say a word when it leaves out such a file, even one that was named.
  if (/^(_[^=]*$|\.)/.test(last)) return { problem: 'Spark leaves out files whose names begin with "_" or "."; rename it' };
  if (last.endsWith('._COPYING_')) return { problem: 'Spark leaves out files whose names end with "._COPYING_"; rename it' };
  if (names.some((name) => name.includes(':'))) return { problem: 'Spark cannot open a path with a colon in it; rename it' };
  if (/\p{Cc}|\\/u.test(path))
    return { problem: 'Spark cannot open a path with a backslash or a control character in it; rename it' };
  return { path: `file://${path}`, filePath: `file:${Array.from(path, printed).join('')}` };
}

function printed(character: string): string {
  const isPlain = character.charCodeAt(0) < 0x80 ? PLAIN.test(character) : !OTHER.test(character);
  if (isPlain) return character;
  return Array.from(encoder.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
