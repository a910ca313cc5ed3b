import type { Reservation } from '../../context/call-context.ts';
import { MessageQueue } from './message-queue.ts';
import type { SegmentMessage, ToThread, UnitTask } from './segment-messages.ts';
import type { SegmentListener, SegmentThread } from './segment-thread.ts';

/** Stored bytes that wait in a thread before it is sent more; those of a range come all at once. */
const MOST_WAITING = 8 * 2 ** 20;

/** A segment that a thread works on: what it is sent, and what it says. */
export class RunningSegment implements SegmentListener {
  /** What becomes of the units, in order; after a failure of the thread or of the batch, why nothing more comes. */
  readonly messages = new MessageQueue<SegmentMessage>();
  readonly #thread: SegmentThread;
  readonly #reservation: Reservation;
  readonly #givenBack: (buffer: ArrayBuffer) => void;
  readonly #released = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #begun: ToThread[] = [];
  #waiting = 0;
  #wake: (() => void) | null = null;

  constructor(thread: SegmentThread, reservation: Reservation, givenBack: (buffer: ArrayBuffer) => void) {
    this.#thread = thread;
    this.#reservation = reservation;
    this.#givenBack = givenBack;
    thread.serve(this);
  }

  /** Resolves when the thread has said all of it, or is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves when what it said was used up, or counts no more. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  /** All of a segment that is a range of a unit. Its memory goes to the thread, and has to be accounted for: nothing waits. */
  sendRange(task: UnitTask, pieces: readonly Uint8Array<ArrayBuffer>[]): void {
    const buffers = pieces.map(({ buffer }) => buffer);
    for (const { byteLength } of buffers) this.#waiting += byteLength;
    const all = pieces.length === 0 ? [new Uint8Array(0)] : pieces;
    const bytes = all.map((piece, index) => ({ kind: 'bytes', bytes: piece, isLast: index === all.length - 1 }) as const);
    this.#thread.send([{ kind: 'unit', task }, ...bytes, { kind: 'end-segment' }], buffers);
  }

  /** The bytes that are sent next are of this unit; it goes with the first of them. */
  beginUnit(task: UnitTask): void {
    this.#begun = [{ kind: 'unit', task }];
  }

  /** No unit follows. */
  endUnits(): void {
    this.#thread.send([{ kind: 'end-segment' }]);
  }

  /** Memory of the piece goes to the thread. Resolves when it may be sent more. */
  async sendBytes(bytes: Uint8Array<ArrayBuffer>, isLast: boolean): Promise<void> {
    this.#waiting += bytes.buffer.byteLength;
    this.#thread.send([...this.#begun, { kind: 'bytes', bytes, isLast }], [bytes.buffer]);
    this.#begun = [];
    while (this.#waiting > MOST_WAITING && this.#thread.isAlive) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  heard(message: SegmentMessage): void {
    this.messages.add(message);
    if (message.kind === 'segment-ended') this.#end();
  }

  lost(error: unknown): void {
    this.fail(error);
    this.#end();
  }

  givenBack(buffer: ArrayBuffer): void {
    this.#waiting -= buffer.byteLength;
    this.#givenBack(buffer);
    this.#wake?.();
  }

  /** Whoever waits for what it says is told why that does not come. */
  fail(error: unknown): void {
    this.messages.fail(error);
    this.release();
  }

  /** What it said was used up, or counts no more. Idempotent. */
  release(): void {
    this.#reservation.release();
    this.#released.resolve();
  }

  #end(): void {
    this.#thread.serve(null);
    this.#ended.resolve();
    this.#wake?.();
  }
}
