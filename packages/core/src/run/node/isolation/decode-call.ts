import type { CallContext } from '../../../context/call-context.ts';
import type { InputLimits } from '../../../context/input-limits.ts';
import { CalveError, throwIfAborted } from '../../../errors/calve-error.ts';
import type { DecodeEvent, DecodeRequest, ReadRange } from '../../../format/decode-event.ts';
import type { Observation } from '../../../format/observation.ts';
import type { ReaderPlan } from '../../../format/reader-plan.ts';
import type { Json } from '../../../json/json.ts';
import type { ByteReader } from '../../../source/byte-reader.ts';
import type { Answer, CallSettings, Failed, ProcessMessage, Question } from './decode-messages.ts';
import type { DecodeProcess, ProcessEnd } from './decode-process.ts';
import { HostServices } from './host-services.ts';
import {
  endedProcess,
  failedDecoder,
  stalledProcess,
  unopenedDecoder,
  unstartedProcess,
  wrongAnswer,
} from './process-failure.ts';
import { receivedEvent, receivedObservation } from './received-event.ts';
import { isProcessMessage } from './received-message.ts';
import { sendableError } from './sendable-error.ts';
import { StallClock } from './stall-clock.ts';

/** Until a decoder is ready to work. No file has a part in it, so the limit is no option; a busy machine may need seconds. */
const OPENING_MILLISECONDS = 30_000;
/** What a decoder may take to end when nobody wants its result any more. */
const GRACE_MILLISECONDS = 1000;

type Asked = Question extends infer One ? (One extends Question ? Omit<One, 'call'> : never) : never;

/**
 * The half of a call that works in the host: asks the process, serves its needs and watches over it. A process that ends, or says nothing
 * for too long while it is its turn, ends the call. It is its turn when it was asked and does not wait for the host.
 */
export class DecodeCall {
  readonly #number: number;
  readonly #process: DecodeProcess;
  readonly #limits: Readonly<InputLimits>;
  readonly #context: CallContext;
  readonly #services: HostServices;
  readonly #clock = new StallClock(() => this.#stalled());
  readonly #onAbort = () => this.#cancel();
  /** Questions without an answer yet. */
  readonly #asked: PromiseWithResolvers<Answer>[] = [];
  #stage: 'opening' | 'working' | 'leaving' = 'opening';
  /** True when the process has nothing more to say about the call. */
  #isOver = false;
  /** True when the process holds memory that the next call should not begin with. */
  #isWorn = false;
  /** Why the process cannot be used any more. */
  #failure: CalveError | null = null;

  /** @param number One that no earlier call of this process had. */
  constructor(number: number, process: DecodeProcess, reader: ByteReader, context: CallContext, limits: Readonly<InputLimits>) {
    this.#number = number;
    this.#process = process;
    this.#limits = limits;
    this.#context = context;
    this.#services = new HostServices(number, reader, context, (message) => process.send(message));
    context.signal.addEventListener('abort', this.#onAbort, { once: true });
    process.listen({ heard: (message) => this.#hear(message), ended: (end) => this.#ended(end) });
  }

  /** Prepares the decoder. @throws {CalveError} `CONFIGURATION_INVALID`: process or decoder cannot be started; `CANCELLED`. */
  async open(settings: CallSettings): Promise<void> {
    await this.#awaited(this.#ask({ kind: 'open', settings }));
    this.#stage = 'working';
  }

  /** @throws {CalveError} what the decoder throws, and what `DecodeProcesses` says. */
  async observe(options: Json, budgetBytes: number, name?: string): Promise<Observation> {
    const question = { kind: 'observe' as const, options, budgetBytes, ...(name === undefined ? {} : { name }) };
    const answer = await this.#awaited(this.#ask(question));
    return this.#received(() => receivedObservation((answer as { observation: Observation }).observation));
  }

  /** The events, of which one is made ahead, so that host and process work at the same time. @throws as `observe`. */
  async *events(plan: ReaderPlan, range: ReadRange, request: DecodeRequest): AsyncGenerator<DecodeEvent, void, undefined> {
    this.#process.send({ kind: 'decode', call: this.#number, plan, range, request });
    let ahead = this.#next();
    try {
      for (;;) {
        throwIfAborted(this.#context.signal);
        const event = await this.#awaited(ahead);
        if (event === null) return;
        ahead = this.#next();
        yield event;
      }
    } finally {
      if (!this.#isOver && !this.#failure) await this.#leave();
      await drop(ahead);
    }
  }

  /** Ends the call. Resolves when nothing of it goes on. @returns True when the process can serve another one. */
  async end(): Promise<boolean> {
    this.#context.signal.removeEventListener('abort', this.#onAbort);
    this.#clock.stop();
    this.#process.listen(null);
    await this.#services.end();
    return this.#isOver && !this.#isWorn && this.#failure === null && this.#process.isAlive;
  }

  #next(): Promise<DecodeEvent | null> {
    const event = this.#askForNext();
    // Made ahead, it may fail before somebody waits for it, who then hears of it.
    event.catch(() => {});
    return event;
  }

  async #askForNext(): Promise<DecodeEvent | null> {
    const answer = await this.#ask({ kind: 'next' });
    if (answer.kind === 'ended') return null;
    return this.#received(() => {
      const event = receivedEvent((answer as Extract<Answer, { kind: 'event' }>).event, (batch) =>
        this.#services.batchReleased(batch),
      );
      if (event.kind === 'batch') this.#services.batchArrived();
      return event;
    });
  }

  /** Lets the decoder run its `finally`. Of one that does not come to an end, the process is ended: nothing in it is needed any more. */
  async #leave(): Promise<void> {
    this.#stage = 'leaving';
    this.#services.refuseMemory();
    try {
      await this.#awaited(this.#ask({ kind: 'return' }));
    } catch (error) {
      if (!this.#failure && !this.#context.signal.aborted) throw error;
    }
  }

  #ask(question: Asked): Promise<Answer> {
    const waiting = Promise.withResolvers<Answer>();
    if (this.#failure) waiting.reject(this.#failure);
    else {
      this.#asked.push(waiting);
      this.#process.send({ ...question, call: this.#number });
      this.#watch();
    }
    return waiting.promise;
  }

  /** Keeps the host alive as long as somebody waits for the process, and not while the process works ahead. */
  async #awaited<T>(answer: Promise<T>): Promise<T> {
    this.#process.ref();
    try {
      return await answer;
    } finally {
      this.#process.unref();
    }
  }

  /** @param message Whatever the process sent: a decoder can reach the channel of its process too. */
  #hear(message: ProcessMessage | null | undefined): void {
    if (message?.call !== this.#number || this.#failure) return;
    if (!isProcessMessage(message)) {
      this.#retire(wrongAnswer('a message that no decode process sends'));
      return;
    }
    if ('isWorn' in message) this.#isWorn ||= message.isWorn;
    switch (message.kind) {
      case 'read':
      case 'reserve':
      case 'unreserve':
      case 'report':
        this.#services.serve(message, () => this.#watch());
        break;
      case 'failed':
        this.#isOver = this.#asked.length === 1;
        this.#asked.shift()?.reject(this.#thrown(message));
        break;
      default:
        this.#isOver = this.#asked.length === 1 && (message.kind === 'ended' || message.kind === 'observed');
        this.#asked.shift()?.resolve(message);
    }
    this.#watch();
  }

  /** What the decoder threw, as the host throws it. */
  #thrown({ error, isTyped }: Failed): unknown {
    if (isTyped) return this.#services.original(CalveError.from(error));
    const failure = this.#stage === 'opening' ? unopenedDecoder(error) : failedDecoder(error, this.#limits);
    // Nobody knows what state it left its process in.
    this.#retire(failure);
    return failure;
  }

  #received<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      this.#retire(error as CalveError);
      throw error;
    }
  }

  #cancel(): void {
    this.#process.send({ kind: 'cancel', call: this.#number, reason: sendableError(this.#context.signal.reason) });
    this.#watch();
  }

  #watch(): void {
    const isLeaving = this.#context.signal.aborted || this.#stage === 'leaving';
    if (this.#asked.length === 0 || this.#failure || this.#services.isAwaited) this.#clock.stop();
    else if (isLeaving) this.#clock.restart(GRACE_MILLISECONDS);
    else this.#clock.restart(this.#stage === 'opening' ? OPENING_MILLISECONDS : this.#limits.stallMilliseconds);
  }

  #stalled(): void {
    const problem = `it was not ready after ${OPENING_MILLISECONDS / 1000} seconds.`;
    this.#retire(this.#cancelled() ?? (this.#stage === 'opening' ? unstartedProcess(problem) : stalledProcess(this.#limits)));
  }

  /** Ends the process; whoever waits for an answer of it is told when it is gone. */
  #retire(failure: CalveError): void {
    this.#failure ??= failure;
    this.#clock.stop();
    void this.#process.kill();
  }

  #ended(end: ProcessEnd): void {
    this.#failure ??= this.#cancelled() ?? this.#unexpected(end);
    this.#clock.stop();
    for (const waiting of this.#asked.splice(0)) waiting.reject(this.#failure);
  }

  #unexpected(end: ProcessEnd): CalveError {
    if (end.isKilled) return new CalveError('CLOSED', 'This Calve instance was closed.', { recovery: 'report' });
    return endedProcess(end, this.#limits, this.#stage === 'opening');
  }

  #cancelled(): CalveError | null {
    const { signal } = this.#context;
    if (!signal.aborted) return null;
    return new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry', cause: signal.reason });
  }
}

/** What was made ahead and is not wanted any more; an error of it would not have come about in the host. */
async function drop(ahead: Promise<DecodeEvent | null>): Promise<void> {
  const [made] = await Promise.allSettled([ahead]);
  if (made.status === 'fulfilled' && made.value?.kind === 'batch') made.value.batch.release();
}
