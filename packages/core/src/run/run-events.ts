import { redactRecord } from '../checkpoint/redact-record.ts';
import type { Redactor } from '../errors/redactor.ts';
import type { RunEvent } from './run-event.ts';

type Body<E> = E extends RunEvent ? Omit<E, 'runId' | 'tenant' | 'ingestion' | 'n' | 'at'> : never;

/** An event without what all events carry. */
export type RunEventBody = Body<RunEvent>;

/** Hears events as they happen. */
export type RunListener = (event: RunEvent) => void;

/** Numbers, keeps and hands out the events of one run, without secrets. */
export class RunEvents {
  readonly #identity: { runId: string; tenant: string; ingestion: string };
  readonly #now: () => number;
  readonly #listeners: () => readonly RunListener[];
  readonly #redactor: Redactor;
  readonly #failedListeners = new WeakSet<RunListener>();
  /** In order, the one with number 1 first. Events are made of it when somebody wants them: there is one for each of thousands of files. */
  readonly #kept: { body: RunEventBody; at: number }[] = [];
  /** The newest progress and how many events had happened before it: older progress is of no use to anybody. */
  #progress: { body: RunEventBody; at: number; after: number; serial: number; number: number } | null = null;
  #waiting: (() => void)[] = [];
  #number = 0;
  #ended = false;

  /**
   * @param listeners Who hears each event as it happens, asked anew each time. What a listener throws never touches the run, nor the other
   *   listeners: it becomes a finding, once per listener.
   */
  constructor(
    identity: { runId: string; tenant: string; ingestion: string },
    now: () => number,
    listeners: () => readonly RunListener[],
    redactor: Redactor,
  ) {
    this.#identity = identity;
    this.#now = now;
    this.#listeners = listeners;
    this.#redactor = redactor;
  }

  emit(body: RunEventBody): void {
    if (body.kind !== 'progress') this.#number += 1;
    const at = this.#now();
    if (body.kind === 'progress') {
      this.#progress = { body, at, after: this.#kept.length, serial: (this.#progress?.serial ?? 0) + 1, number: this.#number };
      this.#wake();
      // There is much of it: nobody hears most.
      if (this.#listeners().length === 0) return;
    }
    const clean = this.#clean(body);
    const number = this.#number;
    if (body.kind !== 'progress') this.#keep(clean, at);
    if (this.#listeners().length === 0) return;
    for (const error of this.#tell(this.#event(clean, number, at))) {
      // `run-finished` is the last event of a stream that is stored.
      if (body.kind === 'run-finished') return;
      const message = `A listener threw while it handled "${body.kind}": ${error instanceof Error ? error.message : String(error)}`;
      this.emit({ kind: 'finding', diagnostic: { code: 'LISTENER_FAILED', severity: 'warning', message } });
    }
  }

  /** No event comes after this. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** All events from the first one on; ends with the run. Of progress only the newest is handed out. */
  async *[Symbol.asyncIterator](): AsyncIterator<RunEvent> {
    let seen = 0;
    for (let index = 0; ; ) {
      const kept = this.#kept[index];
      const progress = this.#progress;
      if (progress && progress.serial > seen && progress.after === index) {
        seen = progress.serial;
        yield this.#event(progress.body, progress.number, progress.at);
      } else if (kept) {
        index += 1;
        yield this.#event(kept.body, index, kept.at);
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  /** Progress is numbers, and there is much of it. */
  #clean(body: RunEventBody): RunEventBody {
    if (body.kind === 'progress') return body;
    if (body.kind !== 'unit-finished') return this.#redactor.json(body);
    const record = redactRecord(body.record, this.#redactor);
    return record === body.record ? body : { ...body, record };
  }

  /** What listeners threw that had not thrown before: one that always does would drown the other events. */
  #tell(event: RunEvent): unknown[] {
    const errors: unknown[] = [];
    for (const listener of this.#listeners()) {
      try {
        listener(event);
      } catch (error) {
        if (!this.#failedListeners.has(listener)) errors.push(error);
        this.#failedListeners.add(listener);
      }
    }
    return errors;
  }

  /** @param body Without secrets. */
  #event(body: RunEventBody, n: number, at: number): RunEvent {
    return { ...this.#identity, n, at: new Date(at).toISOString(), ...body } as RunEvent;
  }

  #keep(body: RunEventBody, at: number): void {
    this.#kept.push({ body, at });
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
