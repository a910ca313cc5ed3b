import type { RunEvent } from '@calve/core';

/** Keeps everything that runs tell: `calve.on('event', observer.listen)`. */
export interface RecordingObserver {
  listen(event: RunEvent): void;
  /** In the order in which they came, of all runs. */
  readonly events: readonly RunEvent[];
  /** Those of one kind. */
  of<Kind extends RunEvent['kind']>(kind: Kind): Extract<RunEvent, { kind: Kind }>[];
  /** Codes of all findings, in order. */
  findingCodes(): string[];
  /**
   * Fails unless every run that began tells its whole story: `n` goes 1, 2, 3 … without a gap, `progress` repeats the last number, and
   * `run-finished` is the last event.
   *
   * @throws TypeError with the first thing that is wrong.
   */
  assertComplete(): void;
  /** Forgets what came so far. */
  clear(): void;
}

/** An observer that has heard nothing yet. */
export function recordingObserver(): RecordingObserver {
  const events: RunEvent[] = [];
  const of = <Kind extends RunEvent['kind']>(kind: Kind) =>
    events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind);
  return {
    listen: (event) => {
      events.push(event);
    },
    events,
    of,
    findingCodes: () => of('finding').map(({ diagnostic }) => diagnostic.code),
    assertComplete() {
      for (const [runId, told] of Map.groupBy(events, (event) => event.runId)) assertStory(runId, told);
    },
    clear: () => {
      events.length = 0;
    },
  };
}

function assertStory(runId: string, events: readonly RunEvent[]): void {
  let last = 0;
  let isFinished = false;
  for (const { kind, n } of events) {
    if (isFinished) throw new TypeError(`run ${runId} told "${kind}" after it had finished`);
    const expected = kind === 'progress' ? last : last + 1;
    if (n !== expected) throw new TypeError(`run ${runId} told "${kind}" as number ${n}; ${expected} was due`);
    last = n;
    isFinished = kind === 'run-finished';
  }
  if (!isFinished) throw new TypeError(`run ${runId} told ${last} events and did not finish`);
}
