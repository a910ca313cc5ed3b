import type { Guess, Sample } from '@calve/core/plugin';
import { describeBytes } from '@calve/core/plugin';
import { lookAtHead } from './look-at-head.ts';
import { wideEncodingOf } from './wide-encoding.ts';

const EXTENSION = /\.(json|jsonl|ndjson|geojson|topojson)(?:\.gz|\.zst)?$/i;
const OTHER_EXTENSION = /\.(csv|tsv|tab|psv)(?:\.gz|\.zst)?$/i;
/** Behind the data: what a scan may look at. */
const MARGIN = 32;

/** How likely a file is JSON, by its name and its first bytes; how its records stand in it tells who looks further. Pure; never throws. */
export function sniffJson(sample: Sample): Guess | null {
  const { complete } = sample;
  if (describeBytes(sample.head)?.kind === 'foreign') return null;
  const { head, isWide } = asUtf8(sample.head);
  const extension = EXTENSION.exec(sample.name)?.[1]?.toLowerCase();
  const because = extension ? [`the name ends with .${extension}`] : [];
  const bytes = new Uint8Array(head.length + MARGIN);
  bytes.set(head);
  const look = lookAtHead({ bytes, length: head.length, isFinal: complete, recordBytes: head.length }, {}, sample.name);
  if (look === null) {
    return extension && complete ? { score: 0.6, because: [...because, 'the file is empty'], options: {} } : null;
  }
  const first = firstCharacter(head);
  const hasBracket = first === '{' || first === '[';
  if (!hasBracket) {
    // A single value is JSON too, but nobody takes one for it without being told.
    const isValue = extension !== undefined && look.isJson && complete && look.framing === 'document';
    return isValue ? { score: 0.5, because: [...because, 'it is a single value'], options: {} } : null;
  }
  const begins = `it begins with ${first}${isWide ? ', not in UTF-8' : ''}`;
  if (!look.isJson && !extension) return look.framing === 'lines' ? { score: 0.5, because: look.because, options: {} } : null;
  const isOther = OTHER_EXTENSION.test(sample.name);
  // In a file that is named for another format the first bracket may be the beginning of a text.
  if (isOther && (!look.isJson || first === '[')) return null;
  const score = (extension ? 0.9 : 0.85) + (look.isJson ? 0.08 : -0.1);
  return { score: Math.round(score * 100) / 100, because: [...because, begins], options: {} };
}

/** Text in UTF-16 is JSON as well, and refused with that reason by who looks further. */
function asUtf8(head: Uint8Array): { head: Uint8Array; isWide: boolean } {
  const encoding = wideEncodingOf(head);
  const label = encoding === 'utf-16' ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : encoding;
  if (label !== 'utf-16le' && label !== 'utf-16be') return { head, isWide: false };
  return { head: new TextEncoder().encode(new TextDecoder(label).decode(head)), isWide: true };
}

function firstCharacter(head: Uint8Array): string {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && (head[at] as number) <= 0x20) at += 1;
  return String.fromCharCode(head[at] ?? 0);
}
