import type { CallContext } from '../context/call-context.ts';
import type { Plugin, Session } from '../context/plugin.ts';
import type { CalveErrorData } from '../errors/calve-error.ts';
import type { DecodeEvent, DecodeRequest } from '../format/decode-event.ts';
import type { Observation } from '../format/observation.ts';
import type { Json } from '../json/json.ts';
import type { ByteReader } from './byte-reader.ts';
import type { InputUnit, ObjectUnit } from './input-unit.ts';
import type { ListingNotes } from './listing-notes.ts';

/** Where data comes from. `connect` is called once per plan or run. */
export interface SourcePlugin<Output = Json, Input = Output> extends Plugin<Output, Input> {
  contract: 'source/1';
  /** @throws {CalveError} `SOURCE_NOT_FOUND` (fix-input), `SOURCE_ACCESS_DENIED` (fix-access), `SOURCE_UNAVAILABLE` (retry). */
  connect(options: Output, context: CallContext): Promise<ObjectSession | RecordSession>;
  /** Pure. A storage event becomes hints that start a plan; a hint never proves that an object exists. */
  parseEvent?(payload: Json): { uri: string; at: string }[];
}

/** One page of a listing: at most 1,000 units. */
export interface ListPage {
  units: ObjectUnit[];
  /** Seen and left out: hidden, marker, symbolic link, filtered, still being written. `reason` is a plain sentence. */
  skipped: SkippedObject[];
  /**
   * Seen, but neither to be looked at nor skipped: a file or folder without read permission, a disk error on one file. Each ends as a `failed`
   * unit that the next run tries again, and the others go on. A listing that as a whole cannot go on throws instead. Default: none.
   */
  unreadable?: UnreadableObject[];
  /** Resumes after this page. Absent on the last one. */
  cursor?: string;
  /** Comes with the last page; it serves the message when nothing matched. */
  searched?: { root: string; nearest: string[]; excludedByPattern: number };
}

/** An object that the source saw and left out. */
export interface SkippedObject {
  uri: string;
  /** Stable word, for grouping: `hidden`, `marker`, `symlink`, `pattern`, `too-old`, `settling`, `directory`. */
  kind: string;
  /** Plain words. */
  reason: string;
}

/** An object, or a folder of objects, that the source saw and could not look at. */
export interface UnreadableObject {
  /** Of the object, or of the folder with a slash at its end. */
  uri: string;
  /** Code, path, and what to do: `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`. */
  error: CalveErrorData;
}

/** Objects: bytes with ranges. */
export interface ObjectSession extends Session {
  kind: 'objects';
  /**
   * Pages in a stable order (by place, in code unit order). Ends normally only when the listing is complete: a broken listing throws.
   *
   * @param request.settledBefore Objects modified later than this (milliseconds since 1970) may still be written: they are skipped
   *   with kind `settling`.
   */
  list(request: ListRequest): AsyncIterable<ListPage>;
  /**
   * Exactly the listed version. A unit may come from a plan that was stored or edited elsewhere: one that is not in the place that this
   * session lists is refused.
   *
   * @throws {CalveError} `OBJECT_CHANGED` or `OBJECT_NOT_FOUND`, recovery `replan`.
   */
  open(unit: ObjectUnit, context: CallContext): Promise<ByteReader>;
}

/** What a listing is asked for. */
export interface ListRequest {
  cursor?: string;
  signal: AbortSignal;
  settledBefore?: number;
  /** Objects modified before this moment (ISO 8601) are skipped with kind `too-old`. */
  modifiedSince?: string;
  /** What earlier listings noted; absent: every object is looked at afresh. */
  notes?: ListingNotes;
}

/** APIs, databases, queues: records, not bytes. */
export interface RecordSession extends Session {
  kind: 'records';
  /** Closed intervals (after, upTo]; `upTo` is fixed here so that a retry reads the same rows. Empty: nothing new. */
  intervals(after: Json, signal: AbortSignal): Promise<InputUnit[]>;
  observe(context: CallContext): Promise<Observation>;
  read(unit: InputUnit, request: DecodeRequest, context: CallContext): AsyncIterable<DecodeEvent>;
}
