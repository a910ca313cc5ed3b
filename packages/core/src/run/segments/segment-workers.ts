import type { CallContext, Reservation } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { HashingReader } from '../../source/hashing-reader.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import type { BatchWork } from './batch-work.ts';
import { UnitCutting, type UnitRange } from './cut-unit.ts';
import { PiecePool, piecesFor } from './piece-pool.ts';
import { RunningSegment } from './running-segment.ts';
import { lostThread, type SegmentThread } from './segment-thread.ts';

/** What a segment may hold beside its stored bytes: content that was unpacked, rows that are encoded. */
const WORKING_BYTES = 8 * 2 ** 20;
/** Segments that threads are ahead of who uses them, for each thread. */
const MOST_AHEAD = 2;

/** A unit of a batch that threads work on. */
export interface SharedUnit {
  unit: ObjectUnit;
  reader: string;
  /** Segments that it is cut into; 0: it lies in one, with its neighbours. */
  cuts: number;
  /** Rows are encoded apart from each other where segments of so many bytes begin in the unit; null: it has none. */
  segmentBytes: number | null;
  /** As `Splitting` has it, of a unit that is cut. */
  quote: number | null;
  /** A segment ends behind it. */
  endsSegment: boolean;
}

/** The bytes of a unit that lies in one segment. */
export interface SentUnit {
  /** Rejects with what the source throws. */
  sha256: Promise<string>;
  /** Why not all of it was sent. */
  failure?: unknown;
}

/**
 * Reads the files of a batch, each once and from front to back, and has threads decode and encode them, segment by segment. Whoever asks for the
 * segments in order gets what the threads say of them.
 */
export class SegmentWorkers {
  readonly batch: BatchWork;
  readonly #context: CallContext;
  readonly #units: readonly SharedUnit[];
  readonly #threads: readonly SegmentThread[];
  readonly #idle: SegmentThread[];
  readonly #pool: PiecePool;
  /** Numbers of the units of each segment. */
  readonly #planned: readonly number[][];
  readonly #segments: readonly PromiseWithResolvers<RunningSegment | null>[];
  readonly #cuttings = new Map<number, UnitCutting>();
  readonly #cut: readonly PromiseWithResolvers<HashingReader>[];
  readonly #sent: readonly PromiseWithResolvers<SentUnit>[];
  /** Units of which no further range is wanted. */
  readonly #voided = new Set<number>();
  readonly #running = new Set<RunningSegment>();
  readonly #onAbort = (): void => void this.close();
  readonly #dispatching: Promise<void>;
  readonly #feeding = new Set<Promise<void>>();
  #reading: Promise<unknown> = Promise.resolve();
  #wake: (() => void) | null = null;
  #failure: { error: unknown } | null = null;
  #next = 0;

  constructor(batch: BatchWork, units: readonly SharedUnit[], threads: readonly SegmentThread[]) {
    this.batch = batch;
    this.#context = batch.settings.context;
    this.#units = units;
    this.#threads = threads;
    this.#idle = [...threads];
    this.#pool = new PiecePool(piecesFor(this.#segmentBytes, threads.length));
    this.#planned = plannedSegments(units);
    this.#segments = this.#planned.map(() => deferred<RunningSegment | null>());
    this.#cut = units.map(() => deferred<HashingReader>());
    this.#sent = units.map(() => deferred<SentUnit>());
    this.#context.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#dispatching = this.#dispatch();
  }

  /** @param index Of a unit of the batch. */
  unit(index: number): SharedUnit {
    return this.#units[index] as SharedUnit;
  }

  /** The next segment, in the order of the batch; null: of this range and those behind it, records cannot be told, or nobody wants them. */
  async nextSegment(): Promise<RunningSegment | null> {
    this.#next += 1;
    return this.#segments[this.#next - 1]!.promise;
  }

  /** The stored bytes of a unit that is cut. They are to be closed by who asks, when its segments were used up. */
  bytesOf(index: number): Promise<HashingReader> {
    return this.#cut[index]!.promise;
  }

  /** The unit, once its bytes are being sent to a thread. @throws what opening it throws. */
  sentUnit(index: number): Promise<SentUnit> {
    return this.#sent[index]!.promise;
  }

  /** Of the rest of a unit that is cut, what threads make of it is not wanted, and its bytes are not read any more when it resolves. */
  async voidRest(index: number, segments: number): Promise<void> {
    this.#voided.add(index);
    await this.#reading.catch(() => {});
    for (let count = 0; count < segments; count += 1) (await this.nextSegment())?.release();
  }

  /** Ends the threads and closes what is open. Idempotent. */
  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    const { signal } = this.#context;
    this.#fail(new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry', cause: signal.reason }));
    await Promise.allSettled(this.#threads.map((thread) => thread.end()));
    for (const segment of this.#running) segment.lost(this.#failure?.error);
    await Promise.allSettled([this.#dispatching, this.#reading, ...this.#feeding]);
  }

  async #dispatch(): Promise<void> {
    for (const [number, indexes] of this.#planned.entries()) {
      const { resolve, reject } = this.#segments[number]!;
      const [index = 0] = indexes;
      try {
        await this.#room();
        resolve(this.unit(index).cuts > 0 ? await this.#beginRange(index) : await this.#beginUnits(indexes));
      } catch (error) {
        // Who asks for the segment hears of it, and not who uses those before.
        this.#voided.add(index);
        reject(error);
        this.#cut[index]?.reject(error);
        for (const unit of indexes) this.#sent[unit]?.reject(error);
      }
    }
  }

  async #beginRange(index: number): Promise<RunningSegment | null> {
    const reservation = await this.#reserve();
    try {
      const range = await this.#readRange(index);
      if (range && !this.#voided.has(index)) {
        const segment = this.#begin(await this.#idleThread(), reservation);
        this.#sendRange(index, (await this.bytesOf(index)).sizeBytes, range, segment);
        return segment;
      }
      this.#voided.add(index);
      for (const { buffer } of range?.pieces ?? []) this.#pool.giveBack(buffer);
      reservation.release();
      return null;
    } catch (error) {
      reservation.release();
      throw error;
    }
  }

  async #readRange(index: number): Promise<UnitRange | null> {
    if (this.#voided.has(index)) return null;
    const { quote } = this.unit(index);
    const cutting = this.#cuttings.get(index) ?? new UnitCutting(await this.#open(index), quote, this.#segmentBytes, this.#pool);
    this.#cuttings.set(index, cutting);
    if (this.#voided.has(index)) return null;
    const reading = cutting.next();
    this.#reading = reading;
    return reading;
  }

  #sendRange(
    index: number,
    sizeBytes: number,
    { start, end, lineEnd, recordsBefore, pieces }: UnitRange,
    segment: RunningSegment,
  ): void {
    const { reader, unit } = this.unit(index);
    const range = { kind: 'bytes', start, end, lineEnd } as const;
    const task = { reader, facts: this.batch.facts(unit), sizeBytes, range, segmentBytes: null, recordsBefore };
    for (const piece of pieces) this.#pool.send(piece);
    segment.sendRange(task, pieces);
  }

  async #open(index: number): Promise<HashingReader> {
    const { resolve, reject } = this.#cut[index]!;
    try {
      const bytes = await this.batch.open(this.unit(index).unit);
      resolve(bytes);
      return bytes;
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  async #beginUnits(indexes: readonly number[]): Promise<RunningSegment> {
    const reservation = await this.#reserve();
    let segment: RunningSegment;
    try {
      segment = this.#begin(await this.#idleThread(), reservation);
    } catch (error) {
      reservation.release();
      throw error;
    }
    const feeding = this.#feed(indexes, segment);
    this.#feeding.add(feeding);
    void feeding.finally(() => this.#feeding.delete(feeding));
    return segment;
  }

  /** Sends the bytes of units, one after the other. Never rejects: who asks for a unit hears of it. */
  async #feed(indexes: readonly number[], segment: RunningSegment): Promise<void> {
    for (const index of indexes) {
      const { resolve, reject } = this.#sent[index]!;
      let bytes: HashingReader;
      try {
        this.#assertOpen();
        bytes = await this.batch.open(this.unit(index).unit);
      } catch (error) {
        reject(error);
        return;
      }
      const { reader, unit, segmentBytes } = this.unit(index);
      const { sizeBytes } = bytes;
      const facts = this.batch.facts(unit);
      segment.beginUnit({ reader, facts, sizeBytes, range: { kind: 'whole' }, segmentBytes, recordsBefore: Infinity });
      const sha256 = this.#send(bytes, segment);
      sha256.catch(() => {});
      const sent: SentUnit = { sha256 };
      resolve(sent);
      try {
        await sha256;
      } catch (error) {
        sent.failure = error;
        await segment.sendBytes(new Uint8Array(0), true);
        return;
      } finally {
        await bytes.close().catch(() => {});
      }
    }
    segment.endUnits();
  }

  async #send(bytes: HashingReader, segment: RunningSegment): Promise<string> {
    for (let at = 0; ; ) {
      this.#assertOpen();
      const piece = await this.#pool.take(bytes.sizeBytes < 0 ? -1 : bytes.sizeBytes - at);
      const count = piece.length === 0 ? 0 : await bytes.read(piece, at);
      at += count;
      const isLast = count < piece.length || count === 0 || at === bytes.sizeBytes;
      this.#pool.send(piece);
      await segment.sendBytes(piece.subarray(0, count), isLast);
      if (isLast) break;
    }
    const sha256 = await bytes.finishHash();
    await bytes.verify();
    return sha256;
  }

  /** Waits until those who use the segments have followed. */
  async #room(): Promise<void> {
    for (;;) {
      this.#assertOpen();
      const [oldest] = this.#running;
      if (!oldest || this.#running.size < MOST_AHEAD * this.#threads.length) return;
      await oldest.released;
    }
  }

  async #idleThread(): Promise<SegmentThread> {
    for (;;) {
      this.#assertOpen();
      const thread = this.#idle.pop();
      if (thread?.isAlive) return thread;
      if (!this.#threads.some(({ isAlive }) => isAlive)) throw lostThread(undefined);
      if (thread) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #begin(thread: SegmentThread, reservation: Reservation): RunningSegment {
    const segment = new RunningSegment(thread, reservation, (buffer) => this.#pool.receive(buffer));
    this.#running.add(segment);
    void segment.released.then(() => this.#running.delete(segment));
    void segment.ended.then(() => {
      this.#idle.push(thread);
      this.#wake?.();
    });
    return segment;
  }

  #reserve(): Promise<Reservation> {
    return this.#context.reserve(this.#segmentBytes + WORKING_BYTES);
  }

  get #segmentBytes(): number {
    return this.batch.settings.configuration.segmentBytes;
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const segment of this.#running) segment.fail(error);
    this.#pool.close();
    this.#wake?.();
  }
}

/** Segments in the order of the batch, each with the numbers of its units: a range of one, or units that lie in it whole. */
function plannedSegments(units: readonly SharedUnit[]): number[][] {
  const planned: number[][] = [];
  let whole: number[] = [];
  for (const [index, { cuts, endsSegment }] of units.entries()) {
    for (let count = 0; count < cuts; count += 1) planned.push([index]);
    if (cuts === 0) whole.push(index);
    if ((endsSegment || index === units.length - 1) && whole.length > 0) {
      planned.push(whole);
      whole = [];
    }
  }
  return planned;
}

/** Somebody may ask for it later, or never. */
function deferred<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => {});
  return made;
}
