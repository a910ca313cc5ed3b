import type { RunEvent } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { recordingObserver } from '../src/index.ts';

const event = (n: number, kind: RunEvent['kind'], runId = 'a'): RunEvent =>
  ({ runId, tenant: 't', ingestion: 'i', n, at: '2024-01-01T00:00:00.000Z', kind }) as RunEvent;

function observe(...events: RunEvent[]) {
  const observer = recordingObserver();
  for (const one of events) observer.listen(one);
  return observer;
}

describe('recordingObserver', () => {
  it('finds nothing wrong with runs that tell everything, side by side', () => {
    observe(
      event(1, 'run-started'),
      event(1, 'run-started', 'b'),
      event(1, 'progress'),
      event(2, 'planned'),
      event(2, 'run-finished', 'b'),
      event(2, 'progress'),
      event(3, 'run-finished'),
    ).assertComplete();
  });

  it.each([
    ['a gap', [event(1, 'run-started'), event(3, 'run-finished')], '2 was due'],
    ['a repeated number', [event(1, 'run-started'), event(1, 'run-finished')], '2 was due'],
    ['progress with a number of its own', [event(1, 'run-started'), event(2, 'progress')], '1 was due'],
    ['no end', [event(1, 'run-started')], 'did not finish'],
    ['something after the end', [event(1, 'run-finished'), event(2, 'finding')], 'after it had finished'],
  ])('finds %s', (_what, events, words) => {
    expect(() => observe(...events).assertComplete()).toThrow(words);
  });

  it('gives events by kind, and forgets', () => {
    const observer = observe(event(1, 'run-started'), event(2, 'planned'), event(3, 'planned'));
    expect(observer.of('planned').map(({ n }) => n)).toEqual([2, 3]);
    observer.clear();
    expect(observer.events).toEqual([]);
  });
});
