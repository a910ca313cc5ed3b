import type { History, HistoryEvent } from './history.ts';

/** Runs of a history that a search for the shortest one may cost. */
const MOST_TRIALS = 400;

/**
 * Looks for the shortest history that still fails: without events, without faults, with fewer rows. Greedy, so the answer is short and perhaps
 * not the shortest.
 *
 * @param fails Runs a history; true: the problem is still there.
 */
export async function shrinkHistory(history: History, fails: (candidate: History) => Promise<boolean>): Promise<History> {
  let best = history;
  let trials = 0;
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const events of shorterOnes(best.events)) {
      if (trials >= MOST_TRIALS) return best;
      trials += 1;
      const candidate = { ...best, events };
      if (!(await fails(candidate))) continue;
      best = candidate;
      isShorter = true;
      break;
    }
  }
  return best;
}

/** Everything that is one step shorter, the largest steps first. */
function* shorterOnes(events: readonly HistoryEvent[]): Generator<HistoryEvent[]> {
  const half = events.length >> 1;
  if (half > 1) yield events.slice(0, half);
  for (let at = events.length - 1; at >= 0; at -= 1) yield events.toSpliced(at, 1);
  for (const [at, event] of events.entries()) {
    for (const simpler of simplerOnes(event)) yield events.with(at, simpler);
  }
}

function* simplerOnes(event: HistoryEvent): Generator<HistoryEvent> {
  if ('faults' in event) {
    for (let at = event.faults.length - 1; at >= 0; at -= 1) yield { ...event, faults: event.faults.toSpliced(at, 1) };
    if (event.isImpatient) yield { ...event, isImpatient: false };
  }
  if ('badRows' in event && event.badRows > 0) yield { ...event, badRows: 0 };
  if ('rows' in event && event.rows > 1) yield { ...event, rows: 1 };
}
