import type { ColumnBatchParts } from '../../../columns/column-batch.ts';
import type { InputLimits } from '../../../context/input-limits.ts';
import type { PortableDescription } from '../../../context/portable.ts';
import type { CalveErrorData } from '../../../errors/calve-error.ts';
import type { Diagnostic } from '../../../errors/diagnostic.ts';
import type { DecodeEvent, DecodeRequest, ReadRange } from '../../../format/decode-event.ts';
import type { Observation } from '../../../format/observation.ts';
import type { ReaderPlan } from '../../../format/reader-plan.ts';
import type { Json } from '../../../json/json.ts';

// What host and decode process say to each other. The host pulls: the process speaks of a call only to answer, or to ask for what its decoder
// needs. One call is under way at a time; all that is said after it ended is void.

/** What a call is made with; the decoder is rebuilt for each. */
export interface CallSettings {
  description: PortableDescription;
  tenant: string;
  runId: string;
  limits: Readonly<InputLimits>;
  /** Of the host's reader. */
  sizeBytes: number;
  /** True when all of the file will be read, so that reading ahead reads nothing in vain. */
  readsAll: boolean;
}

/** The host asks. Each question gets exactly one `Answer`, in the order of the questions. */
export type Question =
  | { kind: 'open'; call: number; settings: CallSettings }
  | { kind: 'observe'; call: number; options: Json; budgetBytes: number; name?: string }
  | { kind: 'next'; call: number }
  /** Ends the iterator, whose `finally` runs. */
  | { kind: 'return'; call: number };

/** The host says. `decode` begins an iterator; `released` gives a batch back; the rest answers a `Need` by its number. */
export type HostMessage =
  | Question
  | { kind: 'decode'; call: number; plan: ReaderPlan; range: ReadRange; request: DecodeRequest }
  | { kind: 'cancel'; call: number; reason: CalveErrorData }
  | { kind: 'released'; call: number; batch: number }
  | { kind: 'bytes'; call: number; need: number; bytes: Uint8Array }
  | { kind: 'granted'; call: number; need: number }
  | { kind: 'refused'; call: number; need: number; error: CalveErrorData };

/** An event of a decoder. The process keeps the batch until the host has released its copy, so memory is accounted for as in the host. */
export type EventMessage =
  | Exclude<DecodeEvent, { kind: 'batch' }>
  | { kind: 'batch'; number: number; parts: Omit<ColumnBatchParts, 'firstRecordInRange'> & { firstRecordInRange: number } };

/** What a question is answered with. After `ended`, `observed` and `failed` the call is over. */
export type Answer =
  | { kind: 'opened'; call: number }
  | { kind: 'event'; call: number; event: EventMessage }
  | ({ kind: 'ended'; call: number } & AtTheEnd)
  | ({ kind: 'observed'; call: number; observation: Observation } & AtTheEnd)
  | Failed;

/** What the process says of itself when a call is over. */
export interface AtTheEnd {
  /** It holds so much memory that the next file could be blamed for what this one left behind. */
  isWorn: boolean;
}

/** `isTyped`: the decoder threw a `CalveError`; anything else is a defect of the decoder. */
export interface Failed extends AtTheEnd {
  kind: 'failed';
  call: number;
  error: CalveErrorData;
  isTyped: boolean;
}

/** What a decoder needs from the host while it works. `read` and `reserve` are answered. */
export type Need =
  | { kind: 'read'; call: number; need: number; offset: number; bytes: number }
  | { kind: 'reserve'; call: number; need: number; bytes: number }
  /** Gives back what the `reserve` of that number got. */
  | { kind: 'unreserve'; call: number; need: number }
  | { kind: 'report'; call: number; diagnostic: Diagnostic };

/** The process says. */
export type ProcessMessage = Answer | Need;

/** Most bytes of one `read`. */
export const READ_BYTES = 1 << 20;

/** Begins the line that a process writes to its standard error before it ends itself for its memory; the bytes that it held follow. */
export const MEMORY_MARK = 'calve-decode-memory';
