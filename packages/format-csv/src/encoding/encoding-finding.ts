import type { Diagnostic } from '@calve/core/plugin';
import { byteOrderMarkLength } from '../content-start.ts';
import type { FoundEncoding } from './detect-encoding.ts';

const PATH = '/input/format/options/encoding';

/**
 * What there is to say about the encoding that a file is read in; nothing for UTF-8, and where the options say it and no byte order mark
 * contradicts.
 *
 * @param head The first bytes of the content.
 */
export function encodingFindings({ encoding, how, because }: FoundEncoding, head: Uint8Array): Diagnostic[] {
  const name = encoding.toUpperCase();
  if (how === 'assumed') {
    return [
      {
        code: 'CSV_ENCODING',
        severity: 'warning',
        message: `The file is read as ${name}, which is assumed: ${because}. Declare it with the option "encoding".`,
        at: { unit: '', byteOffset: head.indexOf(0) },
        fixes: [{ title: `Read every file as ${name}`, specPatch: [{ op: 'add', path: PATH, value: encoding }] }],
      },
    ];
  }
  if (encoding !== 'utf-8' && byteOrderMarkLength(head) > 0) {
    return [
      {
        code: 'CSV_ENCODING',
        severity: 'warning',
        message: `The file begins with the byte order mark of UTF-8, but it is read as ${name}, as the option "encoding" says: the mark is part of the first value.`,
        at: { unit: '', byteOffset: 0 },
        fixes: [{ title: 'Find the encoding out per file', specPatch: [{ op: 'add', path: PATH, value: 'detect' }] }],
      },
    ];
  }
  if (because === '') return [];
  const message = `${because.charAt(0).toUpperCase()}${because.slice(1)}.`;
  return [{ code: 'CSV_ENCODING', severity: 'info', message, at: { unit: '' } }];
}
