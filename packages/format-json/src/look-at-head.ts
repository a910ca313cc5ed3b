import type { Path } from '@calve/core/plugin';
import { shownText } from '@calve/core/plugin';
import { ARRAY_START, CARRIAGE_RETURN, LINE_FEED, OBJECT_START } from './byte-classes.ts';
import type { JsonOptionsInput } from './json-format-options.ts';
import { JsonTokenizer } from './json-tokenizer.ts';
import { Outline, type RecordArray } from './outline.ts';

/** What the first bytes of a file tell. */
export interface HeadLook {
  framing: 'lines' | 'values' | 'document';
  recordsAt: Path;
  /** Plain sentences. */
  because: string[];
  /** Why the file is no table; `null` when it may be one. */
  refusal: string | null;
  /** What is at hand is JSON as far as it goes. */
  isJson: boolean;
  /** More of the content may say something else. */
  needsMore: boolean;
  /** The framing was found out. */
  isDetected: boolean;
  /** The file is one record as well as a document with records here; it is read as the record. */
  perhapsAt: Path | null;
}

/** The first bytes of the content; behind them stand a zero and some room. */
export interface Head {
  bytes: Uint8Array;
  length: number;
  /** The content ends with them. */
  isFinal: boolean;
  /** As long as a record may be. */
  recordBytes: number;
}

/** Lines that are tried when the first one is no JSON. */
const LINES_TRIED = 10;
/** What is called so has records that stand on lines. */
const LINES_NAME = /\.(?:jsonl|ndjson)(?:\.(?:gz|zst|zstd))?$/i;
/** Objects in GeoJSON with this as their `type` are documents: https://www.rfc-editor.org/rfc/rfc7946#section-3.3 */
const COLLECTION = 'FeatureCollection';

/**
 * Finds out how the records of a file stand in it, as far as the options leave it open.
 *
 * @param name Of the file; empty when nobody knows it.
 * @returns `null` when there is nothing but white space.
 */
export function lookAtHead(head: Head, options: Pick<JsonOptionsInput, 'framing' | 'recordsAt'>, name: string): HeadLook | null {
  const tokens = new JsonTokenizer(false);
  tokens.attach(head.bytes, head.length, head.isFinal);
  const { bytes } = head;
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const start = tokens.blanks(mark);
  if (start >= head.length) return null;
  const framing = options.framing ?? (options.recordsAt && options.recordsAt.length > 0 ? 'document' : undefined);
  const outline = new Outline(tokens);
  const first = firstValue(tokens, outline, start);
  const isNamedLines = LINES_NAME.test(name);
  const look = framing === undefined ? detect(head, tokens, first, isNamedLines) : { framing, because: [] };
  const { isJson } = first;
  const seen = { isJson, needsMore: false, isDetected: framing === undefined, perhapsAt: null as Path | null };
  const isSettledByName = isNamedLines && look.framing === 'lines';
  const isOpen = framing === undefined ? !isSettledByName : framing === 'document' && options.recordsAt === undefined;
  seen.needsMore = isOpen && needsMore(head, tokens, first);
  if (look.framing === 'document') {
    // Whoever names a file so says that its values are records.
    const found = document(
      first,
      options.recordsAt ?? (isNamedLines && seen.isDetected && first.kind === 'object' ? [] : undefined),
    );
    return { ...look, ...seen, ...found, because: [...look.because, ...found.because] };
  }
  const refusal = refusalOfValues(first);
  const [only] = first.outline.arrays;
  const isAlone = look.framing === 'lines' && first.end >= 0 && tokens.blanks(first.end) >= head.length;
  const isUnsettled = seen.isDetected && isAlone && first.outline.arrays.length === 1 && !isNamedLines;
  if (!only || !isUnsettled || options.recordsAt !== undefined) return { ...look, ...seen, recordsAt: [], refusal };
  return { ...look, ...seen, recordsAt: [], refusal, because: [], perhapsAt: only.path };
}

/** The end of an object tells what it has inside, and what follows it tells whether it is alone. An array is a document until something follows. */
function needsMore({ length, isFinal }: Head, tokens: JsonTokenizer, { end, kind, isJson }: FirstValue): boolean {
  if (isFinal || !isJson) return false;
  return end < 0 ? kind !== 'array' : tokens.blanks(end) >= length;
}

interface FirstValue {
  start: number;
  /** Behind it, or -1: it is longer than what is at hand, or no JSON. */
  end: number;
  kind: 'object' | 'array' | 'scalar';
  isJson: boolean;
  outline: Outline;
  /** Of an array. */
  records: number;
  /** Of an array, what the first element is that is no object. */
  otherKind: string | null;
}

function firstValue(tokens: JsonTokenizer, outline: Outline, start: number): FirstValue {
  const byte = tokens.bytes[start];
  const seen = { start, outline, records: 0, otherKind: null };
  tokens.problem = null;
  if (byte === OBJECT_START) {
    const end = outline.object(start);
    return { ...seen, end, kind: 'object', isJson: isJson(tokens, end) };
  }
  if (byte === ARRAY_START) {
    const { end, records, other } = outline.elements(start);
    const otherKind = other < 0 ? null : tokens.bytes[other] === ARRAY_START ? 'arrays' : 'plain values';
    return { ...seen, end, kind: 'array', records, otherKind, isJson: isJson(tokens, end) };
  }
  const end = tokens.value(start, 0);
  return { ...seen, end, kind: 'scalar', isJson: end >= 0 && tokens.problem === null };
}

function isJson(tokens: JsonTokenizer, end: number): boolean {
  return end >= 0 || tokens.stop === 'more';
}

function detect(
  head: Head,
  tokens: JsonTokenizer,
  first: FirstValue,
  isNamedLines: boolean,
): Pick<HeadLook, 'framing' | 'because'> {
  const { bytes, length } = head;
  const lineEnd = endOfLine(bytes, first.start, length);
  const isOneLine = first.end >= 0 ? first.end <= lineEnd : lineEnd >= length;
  if (first.end < 0 && !first.isJson) return detectBroken(head, first, lineEnd, isNamedLines);
  if (!isOneLine) {
    const next = first.end < 0 ? length : tokens.blanks(first.end);
    const isValue = next < length && (bytes[next] === OBJECT_START || bytes[next] === ARRAY_START);
    if (isValue) return { framing: 'values', because: ['values stand one after another, over several lines each'] };
    return { framing: 'document', because: ['the first value goes over several lines'] };
  }
  const behind = first.end < 0 ? length : tokens.blanks(first.end);
  if (behind >= length) {
    if (isNamedLines) return { framing: 'lines', because: ['there is one line, and the name says that each one is a value'] };
    if (first.kind !== 'object') return { framing: 'document', because: ['there is one value'] };
    const { arrays, type } = first.outline;
    // Of two arrays neither has the records; and what is longer than a record may be is none.
    if (arrays.length > 1 || type === COLLECTION) return { framing: 'document', because: [] };
    const isLong = first.end < 0 || first.end - first.start > head.recordBytes;
    if (isLong && arrays.length > 0) return { framing: 'document', because: ['the first value is longer than a record'] };
    return { framing: 'lines', because: [first.end < 0 ? 'the first line is long' : 'there is one record'] };
  }
  if (behind < lineEnd && (bytes[behind] === OBJECT_START || bytes[behind] === ARRAY_START)) {
    return { framing: 'values', because: ['several values stand on one line'] };
  }
  return { framing: 'lines', because: ['each line is a value of its own'] };
}

/** The first value is no JSON. When a line below is, records stand on lines, and the first one is a bad record. */
function detectBroken(
  head: Head,
  first: FirstValue,
  lineEnd: number,
  isNamedLines: boolean,
): Pick<HeadLook, 'framing' | 'because'> {
  const { bytes, length, isFinal } = head;
  const tokens = new JsonTokenizer(true);
  tokens.attach(bytes, length, isFinal);
  let at = lineEnd + 1;
  for (let line = 0; line < LINES_TRIED && at < length && first.kind === 'object'; line += 1) {
    const end = endOfLine(bytes, at, length);
    const start = tokens.blanks(at);
    const behind = bytes[start] === OBJECT_START && start < end ? tokens.value(start, 0) : -1;
    if (behind >= 0 && tokens.blanks(behind) >= end) return { framing: 'lines', because: ['a line is a value of its own'] };
    at = end + 1;
  }
  // One line alone may be a bad record, unless it is the beginning of a document with records in it.
  const isRecord = first.kind === 'object' && lineEnd >= length - 1 && (isNamedLines || first.outline.arrays.length === 0);
  return { framing: isRecord ? 'lines' : 'document', because: [] };
}

function document(first: FirstValue, recordsAt: Path | undefined): Pick<HeadLook, 'recordsAt' | 'refusal' | 'because'> {
  if (recordsAt !== undefined) return { recordsAt, refusal: null, because: [] };
  const at = (path: Path): string => shownText(JSON.stringify(path));
  if (first.kind === 'scalar') return { recordsAt: [], refusal: 'it is a single value', because: [] };
  if (first.kind === 'array') {
    if (first.otherKind !== null && first.records === 0) {
      return { recordsAt: [], refusal: `it is an array of ${first.otherKind}, not of objects`, because: [] };
    }
    return { recordsAt: [], refusal: null, because: ['the document is an array, whose elements are the records'] };
  }
  const { arrays, type } = first.outline;
  if (type === 'Topology')
    return { recordsAt: [], refusal: 'it is a map in TopoJSON, whose shapes share their lines', because: [] };
  const [only, ...others] = arrays;
  if (!only)
    return { recordsAt: [], refusal: null, because: ['the document is one object without an array of objects: one record'] };
  if (others.length > 0) {
    const shown = arrays.slice(0, 5).map(({ path }: RecordArray) => at(path));
    const because = `the document has several arrays of objects (${shown.join(', ')}${arrays.length > 5 ? ', …' : ''}), so it is one record with all of them; set "recordsAt" to the one whose elements are the records`;
    return { recordsAt: [], refusal: null, because: [because] };
  }
  const because = `the records are the elements of ${at(only.path)}, the only array of objects in the document`;
  return { recordsAt: only.path, refusal: null, because: [because] };
}

function refusalOfValues(first: FirstValue): string | null {
  if (first.kind === 'object' && first.outline.type === 'Topology' && first.end >= 0) {
    return 'it is a map in TopoJSON, whose shapes share their lines';
  }
  return null;
}

function endOfLine(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) at += 1;
  return at;
}
