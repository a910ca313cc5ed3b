import type { Guess, Sample } from '@calve/core/plugin';
import { byteOrderMarkLength } from './content-start.ts';
import { shownDelimiter } from './detect-csv-dialect.ts';
import { detectHeader } from './detect-header.ts';
import { orderOfNulBytes } from './encoding/order-of-nul-bytes.ts';
import { findDialect } from './find-dialect.ts';
import { detectLineEnd } from './line-end.ts';

const EXTENSION = /\.(csv|tsv|tab|psv|txt)(?:\.(?:gz|zst|zstd))?$/i;
/** First bytes of formats that may contain any byte further on. */
const BINARY = [
  'PAR1',
  'PK\u0003\u0004',
  '\u0089PNG',
  '%PDF',
  'GIF8',
  'Obj\u0001',
  'ORC',
  'RIFF',
  '\u00d0\u00cf\u0011\u00e0',
  '\u00ff\u00d8\u00ff',
  '\u001f\u008b',
  '(\u00b5/\u00fd',
];

/** What text has none of: control characters other than tab and those of line ends. */
const CONTROL = /(?![\t\n\f\r])\p{Cc}/u;

/** How likely a file is delimited text, by its name and its first bytes. Pure; never throws. */
export function sniffCsv(sample: Sample): Guess | null {
  const { complete } = sample;
  const { head, because: encoded } = asUtf8(sample.head);
  const magic = String.fromCharCode(...head.subarray(0, 4));
  if (BINARY.some((start) => magic.startsWith(start)) || head.includes(0)) return null;
  const extension = EXTENSION.exec(sample.name)?.[1]?.toLowerCase();
  const isNamed = extension !== undefined && extension !== 'txt';
  const because = [...(extension ? [`the name ends with .${extension}`] : []), ...encoded];
  if (head.length === byteOrderMarkLength(head)) {
    return extension && complete ? { score: 0.5, because: [...because, 'the file is empty'], options: {} } : null;
  }

  const found = detect(head, complete);
  const first = String.fromCharCode(head[byteOrderMarkLength(head)] as number);
  const looksLikeOther = first === '{' || first === '[' || first === '<';
  const base = isNamed ? 0.7 : extension ? 0.3 : 0.1;
  const score = base + (looksLikeOther ? 0 : 0.25 * found.consistency);
  return { score: Math.round(score * 100) / 100, because: [...because, ...found.because], options: found.options };
}

function detect(head: Uint8Array, isFinal: boolean): { consistency: number; because: string[]; options: Guess['options'] } {
  // Rewritten cells need room behind the data.
  const bytes = new Uint8Array(head.length * 2 + 16);
  bytes.set(head);
  const start = byteOrderMarkLength(head);
  const lineEnd = detectLineEnd(head, start, head.length, isFinal) ?? 'LF';
  const text = { bytes, length: head.length, start, isFinal, lineEnd };
  const found = findDialect(text, { unescapedQuotes: 'stop-at-delimiter' }, true);
  const { dialect, because, consistency, rivals, preamble, sample } = found;
  const header = detectHeader(sample.texts);
  if (rivals.length > 0) because.push(`two dialects fit: ${rivals.map(shownDelimiter).join(' and ')}`);
  if (preamble) because.push(`the header is in line ${preamble.lines + 1}, behind ${preamble.because.split(' in front')[0]}`);
  const { delimiter, quote, escape: escapeCharacter } = dialect;
  return {
    consistency,
    because: sample.texts.length > 0 ? [...because, header.because] : because,
    options: {
      // What is in doubt stays open: whoever looks into the file says so, with the choices.
      ...(rivals.length > 0 ? {} : { delimiter }),
      ...(quote === '"' ? {} : { quote }),
      ...(escapeCharacter === quote ? {} : { escape: escapeCharacter }),
      ...(sample.texts.length > 0 && preamble === null ? { header: header.header } : {}),
    },
  };
}

/** The sample as UTF-8: text in UTF-16, by its byte order mark or by the NUL bytes of its ASCII, is decoded. */
function asUtf8(head: Uint8Array): { head: Uint8Array; because: string[] } {
  const mark = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
  // The mark of UTF-32 begins like that of UTF-16.
  const encoding = mark !== null && head[2] === 0 && head[3] === 0 ? null : (mark ?? orderOfNulBytes(head));
  if (encoding === null) return { head, because: [] };
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(head);
  // Numbers of two bytes have NUL bytes in one half, too.
  if (mark === null && CONTROL.test(text)) return { head, because: [] };
  const name = encoding.toUpperCase();
  const because =
    mark === null ? `NUL bytes stand where ${name} has them` : `the file begins with the byte order mark of ${name}`;
  return { head: new TextEncoder().encode(text), because: [because] };
}
