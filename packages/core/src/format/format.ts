import type { CallContext } from '../context/call-context.ts';
import type { Plugin } from '../context/plugin.ts';
import type { Portable } from '../context/portable.ts';
import type { Json } from '../json/json.ts';
import type { GivenTypes } from '../schema/given-types.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import type { DecodeEvent, DecodeRequest, ReadRange, Splitting } from './decode-event.ts';
import type { Observation } from './observation.ts';
import type { ReaderPlan } from './reader-plan.ts';
import type { UnitGatherer } from './unit-gatherer.ts';

/** How likely a file is of this format, and with which options. */
export interface Guess {
  /** 0 (could be) to 1 (certain). */
  score: number;
  /** Plain sentences, shown to people. */
  because: string[];
  /** Options that read the file so; what the user sets explicitly wins. */
  options: Json;
}

/** The first and last bytes of a file, decompressed where the name or the bytes say that it is compressed. */
export interface Sample {
  name: string;
  head: Uint8Array;
  /** Empty when unknown (compressed files). */
  tail: Uint8Array;
  /** True when `head` is the whole content. */
  complete: boolean;
}

/** How bytes become column batches. */
export interface FormatPlugin<Output = Json, Input = Output> extends Plugin<Output, Input> {
  contract: 'format/1';
  /** Pure, never throws on foreign bytes. `null`: certainly not mine. Core compares the guesses of all formats; a tie is a finding, not a choice. */
  sniff(sample: Sample): Guess | null;
  /** Pure. What BOTH engines do with this unit. */
  lower(options: Output, observation: Observation): ReaderPlan;
  /** Pure. How units of such a plan may be read in other threads. The ranges of one that is cut between records hold every record once. */
  split(plan: ReaderPlan): Splitting;
  /** `config` and `module` are looked at when a process of its own is wanted, so making them may fail only then. */
  decoder: Portable<Decoder>;
}

/**
 * The half of a format that reads bytes; all that a file could harm is in here, so that it can work in a process of its own. Keeps no state
 * between calls; several may be under way. One serves all units of a run.
 */
export interface Decoder {
  /**
   * Looks into one unit. Reads at most about `budgetBytes` of the stored bytes. Does not close the reader.
   *
   * @param options As the plugin's own schema gives them; they come as JSON.
   * @param name Of the file, for what its ending says about the content. Absent: nobody knows it.
   * @param given Columns of which nobody asks more than whether their values fit: a format may answer with `fits` and save the statistics. Absent: none.
   * @throws {CalveError} `MALFORMED_UNIT` or a code of the format, recovery `fix-input`: the unit is quarantined. `FILE_EMPTY` is
   *   not thrown: an empty unit has no fields and no rows.
   */
  observe(
    reader: ByteReader,
    options: Json,
    budgetBytes: number,
    context: CallContext,
    name?: string,
    given?: GivenTypes,
  ): Promise<Observation>;
  /**
   * Whether a look at all of a unit would find the fields and facts that it found in another one, unless decoding notices something: with
   * `isPartial`, a plan has it say so. Reads no values. Does not close the reader. Absent: nobody knows before all of it was looked at.
   *
   * @param options As for `observe`.
   * @param known Of a unit that was looked at as a whole with the same options, and of which there was nothing to tell.
   */
  isReadLike?(reader: ByteReader, options: Json, known: Observation, context: CallContext): Promise<boolean>;
  /**
   * Decodes many small units at once. Absent: each is decoded for itself.
   *
   * @returns null: units of this plan are not gathered.
   */
  gather?(plan: ReaderPlan, request: DecodeRequest, context: CallContext): Promise<UnitGatherer | null>;
  /**
   * Produces the next event only when asked. `reader` gives the stored bytes; the decoder decompresses them as the plan says, and
   * does not close it. When the iterator is ended early, it gives everything back in its `finally`.
   *
   * @throws {CalveError} `MALFORMED_UNIT` (fix-input) when nothing further can be read; single bad records are events.
   */
  decode(
    reader: ByteReader,
    plan: ReaderPlan,
    range: ReadRange,
    request: DecodeRequest,
    context: CallContext,
  ): AsyncIterable<DecodeEvent>;
}
