import type { CallContext, Reservation } from '../../../context/call-context.ts';
import { CalveError, errorData } from '../../../errors/calve-error.ts';
import type { ByteReader } from '../../../source/byte-reader.ts';
import type { HostMessage, Need } from './decode-messages.ts';
import { READ_BYTES } from './decode-messages.ts';
import { isDiagnostic } from './received-event.ts';

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
  readonly #reading = new Set<Promise<void>>();
  #spare: Uint8Array | null = null;
  #batches = 0;
  #isEnded = false;
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
    return this.#reading.size + this.#waiting.size > 0;
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
      const reading = this.#read(need.need, need.offset, need.bytes).finally(() => this.#reading.delete(reading));
      this.#reading.add(reading);
      void reading.then(onAnswered);
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

  /** Nobody waits for memory any more: whoever did is told that the call was cancelled. */
  refuseMemory(): void {
    for (const need of this.#waiting)
      this.#refuse(need, new CalveError('CANCELLED', 'The call has ended.', { recovery: 'retry' }));
    this.#waiting.clear();
  }

  /** The call has ended. Resolves when nothing uses the reader any more. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#waiting.clear();
    this.#giveBack();
    await Promise.all(this.#reading);
  }

  #giveBack(): void {
    if (this.#batches > 0) return;
    for (const reservation of this.#held.values()) reservation.release();
    this.#held.clear();
  }

  async #reserve(need: number, bytes: number): Promise<void> {
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
    this.#send({ kind: 'refused', call: this.#call, need, error: errorData(error) });
  }
}
