import type { Guess, Sample } from '@calve/core/plugin';
import { describeBytes } from '@calve/core/plugin';
import { lookAtHead } from './look-at-head.ts';

const EXTENSION = /\.(json|jsonl|ndjson|geojson|topojson)(?:\.gz|\.zst)?$/i;
const OTHER_EXTENSION = /\.(csv|tsv|tab|psv)(?:\.gz|\.zst)?$/i;
/** Behind the data: what a scan may look at. */
const MARGIN = 32;

/** How likely a file is JSON, by its name and its first bytes. Pure; never throws. */
export function sniffJson(sample: Sample): Guess | null {
  const { head, complete } = sample;
  const described = describeBytes(head);
  const extension = EXTENSION.exec(sample.name)?.[1]?.toLowerCase();
  const because = extension ? [`the name ends with .${extension}`] : [];
  if (described?.kind === 'foreign') return null;
  const bytes = new Uint8Array(head.length + MARGIN);
  bytes.set(head);
  // A file of one record on one line: its name says that the next one may have two.
  const isOneLine =
    (extension === 'jsonl' || extension === 'ndjson') && complete && !head.subarray(0, head.length - 1).includes(0x0a);
  const look = lookAtHead({ bytes, length: head.length, isFinal: complete }, isOneLine ? { framing: 'lines' } : {});
  if (look === null) {
    return extension && complete ? { score: 0.6, because: [...because, 'the file is empty'], options: {} } : null;
  }
  const first = firstCharacter(head);
  const hasBracket = first === '{' || first === '[';
  if (!hasBracket) {
    // A single value is JSON too, but nobody takes one for it without being told.
    const isValue = extension !== undefined && look.isJson && complete && look.framing === 'document';
    return isValue ? { score: 0.5, because: [...because, 'it is a single value'], options: { framing: 'document' } } : null;
  }
  if (!look.isJson && !extension)
    return look.framing === 'lines' ? { score: 0.5, because: look.because, options: { framing: 'lines' } } : null;
  const isOther = OTHER_EXTENSION.test(sample.name);
  // In a file that is named for another format the first bracket may be the beginning of a text.
  if (isOther && (!look.isJson || first === '[')) return null;
  const score = (extension ? 0.9 : 0.85) + (look.isJson ? 0.08 : -0.1);
  // What is refused for its content is refused again by the observation, which is told nothing then.
  const isPlaced = look.framing === 'document' && look.refusal === null;
  const options = { framing: look.framing, ...(isPlaced ? { recordsAt: [...look.recordsAt] } : {}) };
  const said = look.because.length > 0 ? look.because : [`it begins with ${first}`];
  return { score: Math.round(score * 100) / 100, because: [...because, ...said], options };
}

function firstCharacter(head: Uint8Array): string {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && (head[at] as number) <= 0x20) at += 1;
  return String.fromCharCode(head[at] ?? 0);
}
