import type { RunHandle, RunResult } from './run-event.ts';
import type { RunEvents } from './run-events.ts';

/** Joins the promise of a run with its events. A rejection counts as handled as soon as somebody iterates. */
export function runHandle(result: Promise<RunResult>, events: RunEvents): RunHandle {
  return Object.assign(result, {
    [Symbol.asyncIterator]() {
      result.catch(() => {
        // The iterator ends after `run-finished`, which tells the outcome; awaiting the handle still rejects.
      });
      return events[Symbol.asyncIterator]();
    },
  });
}
