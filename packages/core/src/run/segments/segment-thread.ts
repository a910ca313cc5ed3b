import type { Environment } from '../../env/environment.ts';
import type { WorkerThread } from '../../env/worker-thread.ts';
import { CalveError, errorData } from '../../errors/calve-error.ts';
import type { Diagnostic } from '../../errors/diagnostic.ts';
import type { FromThread, SegmentMessage, ThreadSettings, ToThread } from './segment-messages.ts';

/** As of a bundle that left the file of threads behind. */
const NOT_STARTED = 'this host starts none: the file that a thread runs is not beside Calve, as in a bundle.';

/** Who hears what a thread says of the segment at hand. */
export interface SegmentListener {
  heard(message: SegmentMessage): void;
  /** The thread is gone, and the segment with it. */
  lost(error: unknown): void;
  /** Memory came back. */
  givenBack(buffer: ArrayBuffer): void;
}

/** Why threads do nothing here: the same work can be done without them. */
export interface CannotWork {
  why: string;
}

/** A thread that was set up. */
export class SegmentThread {
  readonly #thread: WorkerThread;
  readonly #ready = Promise.withResolvers<CannotWork | null>();
  #listener: SegmentListener | null = null;
  isAlive = true;

  constructor(thread: WorkerThread, settings: ThreadSettings, report: (diagnostic: Diagnostic) => void) {
    this.#thread = thread;
    thread.listen({
      heard: (messages) => {
        for (const message of messages as readonly FromThread[]) this.#hear(message, report);
      },
      ended: (error) => {
        this.isAlive = false;
        this.#ready.resolve({ why: errorData(lostThread(error)).message });
        this.#listener?.lost(lostThread(error));
      },
    });
    this.send([{ kind: 'set-up', settings }]);
  }

  /** Null: it can work. */
  get ready(): Promise<CannotWork | null> {
    return this.#ready.promise;
  }

  /** The messages that follow are about a segment of this listener. */
  serve(listener: SegmentListener | null): void {
    this.#listener = listener;
  }

  send(messages: readonly ToThread[], transfer: readonly ArrayBuffer[] = []): void {
    if (this.isAlive) this.#thread.send(messages, transfer);
  }

  end(): Promise<void> {
    this.isAlive = false;
    this.#listener = null;
    return this.#thread.end();
  }

  #hear(message: FromThread, report: (diagnostic: Diagnostic) => void): void {
    if (message.kind === 'ready') this.#ready.resolve(null);
    else if (message.kind === 'unusable') this.#ready.resolve({ why: message.error.message });
    else if (message.kind === 'reported') report(message.diagnostic);
    else if (message.kind === 'given-back') this.#listener?.givenBack(message.buffer);
    else this.#listener?.heard(message);
  }
}

/** Starts threads that are set up alike. */
export async function startThreads(
  count: number,
  environment: Environment,
  settings: ThreadSettings,
  report: (diagnostic: Diagnostic) => void,
): Promise<SegmentThread[] | CannotWork> {
  const threads: SegmentThread[] = [];
  for (let index = 0; index < count; index += 1) {
    const thread = environment.startThread?.();
    if (thread) threads.push(new SegmentThread(thread, settings, report));
  }
  if (threads.length === 0) return { why: NOT_STARTED };
  const problem = (await Promise.all(threads.map(({ ready }) => ready))).find((reason) => reason !== null);
  if (!problem) return threads;
  await Promise.all(threads.map((thread) => thread.end()));
  return problem;
}

/** Nobody knows why, and the next run may be lucky. */
export function lostThread(error: unknown): CalveError {
  const why = error instanceof Error ? `: ${error.message}` : '';
  return new CalveError(
    'WORKER_ENDED',
    `A thread that worked on files ended in the middle of them${why}. Nothing was committed. If it happens again, work with fewer threads (workers: 0 for none).`,
    { recovery: 'retry', ...(error === undefined ? {} : { cause: error }) },
  );
}
