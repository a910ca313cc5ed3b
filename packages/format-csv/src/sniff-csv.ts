import type { Guess, Sample } from '@calve/core/plugin';
import { byteOrderMarkLength } from './content-start.ts';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { detectHeader } from './detect-header.ts';
import { detectLineEnd } from './line-end.ts';
import { sampleRecords } from './sample-records.ts';

const EXTENSION = /\.(csv|tsv|tab|psv|txt)(?:\.gz)?$/i;
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

/** How likely a file is delimited text, by its name and its first bytes. Pure; never throws. */
export function sniffCsv(sample: Sample): Guess | null {
  const { head, complete } = sample;
  const magic = String.fromCharCode(...head.subarray(0, 4));
  if (BINARY.some((start) => magic.startsWith(start)) || head.includes(0)) return null;
  const extension = EXTENSION.exec(sample.name)?.[1]?.toLowerCase();
  const isNamed = extension !== undefined && extension !== 'txt';
  const because = extension ? [`the name ends with .${extension}`] : [];
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
  const { dialect, because, consistency } = detectCsvDialect(text, { unescapedQuotes: 'stop-at-delimiter' });
  const { texts } = sampleRecords(text, dialect, 200);
  const header = detectHeader(texts);
  const { delimiter, quote } = dialect;
  return {
    consistency,
    because: texts.length > 0 ? [...because, header.because] : because,
    options: { delimiter, ...(quote === '"' ? {} : { quote }), ...(texts.length > 0 ? { header: header.header } : {}) },
  };
}
