import type { CallContext, Reservation } from '../../../context/call-context.ts';
import { CalveError, errorData } from '../../../errors/calve-error.ts';
import type { ByteReader } from '../../../source/byte-reader.ts';
import type { HostMessage, Need } from './decode-messages.ts';
import { READ_BYTES } from './decode-messages.ts';
import { isDiagnostic } from './received-event.ts';
import { sendableError } from './sendable-error.ts';

/**
 * What the host does for the decoder of one call: it reads bytes, reserves memory and hands findings on. Reservations live until the call has
 * ended and every batch of it is released.
 */
export class HostServices {
  readonly #call: number;
  readonly #reader: ByteReader;
  readonly #context: CallContext;
  readonly #send: (message: HostMessage) => void;
  /** Reservations that the decoder holds, by the number of the need. */
  readonly #held = new Map<number, Reservation>();
  /** Needs that wait for memory. */
  readonly #waiting = new Set<number>();
  /** Reads that were asked for and not answered, and the last of them. */
  #reading = 0;
  #lastRead: Promise<void> = Promise.resolve();
  #spare: Uint8Array | null = null;
  #batches = 0;
  #isEnded = false;
  #isLeaving = false;
  /** What the reader threw, as it was: the decoder can only pass a copy on. */
  #readFailure: { error: unknown } | null = null;

  constructor(call: number, reader: ByteReader, context: CallContext, send: (message: HostMessage) => void) {
    this.#call = call;
    this.#reader = reader;
    this.#context = context;
    this.#send = send;
  }

  /** True while the decoder may be waiting for the host. */
  get isAwaited(): boolean {
    return this.#reading + this.#waiting.size > 0;
  }

  /** Does what the decoder needs. `onAnswered` is called when an answer is on its way. Never throws. */
  serve(need: Need, onAnswered: () => void): void {
    if (this.#isEnded) return;
    if (need.kind === 'unreserve') {
      this.#held.get(need.need)?.release();
      this.#held.delete(need.need);
    } else if (need.kind === 'report') {
      if (isDiagnostic(need.diagnostic)) this.#context.report(need.diagnostic);
    } else if (need.kind === 'reserve') {
      void this.#reserve(need.need, need.bytes).then(onAnswered);
    } else {
      this.#reading += 1;
      const read = (): Promise<void> => this.#read(need.need, need.offset, need.bytes);
      // One after the other, as readers may expect; the first one at once, since reads of local files are done at once.
      this.#lastRead = (this.#reading === 1 ? read() : this.#lastRead.then(read)).then(() => {
        this.#reading -= 1;
        onAnswered();
      });
    }
  }

  /** A batch of the call is in the host's hands. */
  batchArrived(): void {
    this.#batches += 1;
  }

  /** A batch of the call was released: the decoder gives its memory back, or, when the call has ended, the last one gives back all. */
  batchReleased(batch: number): void {
    this.#batches -= 1;
    if (this.#isEnded) this.#giveBack();
    else this.#send({ kind: 'released', call: this.#call, batch });
  }

  /** The error of the reader, when `error` is what the decoder made of it by passing it on. */
  original(error: CalveError): unknown {
    if (!this.#readFailure) return error;
    const { code, message } = errorData(this.#readFailure.error);
    return error.code === code && error.message === message ? this.#readFailure.error : error;
  }

  /**
   * From now on nobody waits for memory: whoever does is told that the call was cancelled. Who ends a call early may hold the memory that the
   * decoder waits for, and gives it back only when the call has ended.
   */
  refuseMemory(): void {
    this.#isLeaving = true;
    for (const need of this.#waiting) this.#refuse(need, leaving());
    this.#waiting.clear();
  }

  /** The call has ended. Resolves when nothing uses the reader any more. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#waiting.clear();
    this.#giveBack();
    await this.#lastRead;
  }

  #giveBack(): void {
    if (this.#batches > 0) return;
    for (const reservation of this.#held.values()) reservation.release();
    this.#held.clear();
  }

  async #reserve(need: number, bytes: number): Promise<void> {
    if (this.#isLeaving) return this.#refuse(need, leaving());
    this.#waiting.add(need);
    try {
      const reservation = await this.#context.reserve(bytes);
      if (!this.#waiting.delete(need)) return reservation.release();
      this.#held.set(need, reservation);
      this.#send({ kind: 'granted', call: this.#call, need });
    } catch (error) {
      if (this.#waiting.delete(need)) this.#refuse(need, error);
    }
  }

  async #read(need: number, offset: number, wanted: number): Promise<void> {
    if (this.#isEnded) return;
    try {
      const length = Math.min(wanted, READ_BYTES);
      const buffer = this.#spare && this.#spare.length >= length ? this.#spare : new Uint8Array(length);
      this.#spare = null;
      let filled = 0;
      while (filled < length) {
        const answer = this.#reader.read(buffer.subarray(filled, length), offset + filled);
        const count = typeof answer === 'number' ? answer : await answer;
        if (count === 0) break;
        filled += count;
      }
      // Sending copies, so the buffer is free again.
      if (!this.#isEnded) this.#send({ kind: 'bytes', call: this.#call, need, bytes: buffer.subarray(0, filled) });
      this.#spare = buffer;
    } catch (error) {
      this.#readFailure ??= { error };
      if (!this.#isEnded) this.#refuse(need, error);
    }
  }

  #refuse(need: number, error: unknown): void {
    this.#send({ kind: 'refused', call: this.#call, need, error: sendableError(error) });
  }
}

function leaving(): CalveError {
  return new CalveError('CANCELLED', 'The call has ended.', { recovery: 'retry' });
}
