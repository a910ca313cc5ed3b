import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../run/run-event.ts';
import { RunRecording } from './run-recording.ts';

const event = (runId: string, n: number): RunEvent => ({
  ...{ runId, tenant: 'default', ingestion: 'orders', n, at: '' },
  kind: 'waiting',
  reason: 'backoff',
});

describe('RunRecording', () => {
  it('keeps the first and the last events of a long run, in order, and counts the others', () => {
    const recording = new RunRecording();
    for (let n = 1; n <= 5000; n += 1) recording.add(event('a', n));
    const { kept, dropped } = recording.events;
    const first = Array.from({ length: 100 }, (_, at) => at + 1);
    const last = Array.from({ length: 900 }, (_, at) => at + 4101);
    expect(kept.map(({ n }) => n)).toEqual([...first, ...last]);
    expect(dropped).toBe(4000);
  });

  it('keeps the newest run, without progress', () => {
    const recording = new RunRecording();
    recording.add(event('a', 1));
    recording.add({ ...event('a', 1), kind: 'progress', bytesDone: 1, bytesTotal: 2, rows: 3 } as RunEvent);
    recording.add(event('b', 1));
    expect(recording.events).toEqual({ kept: [event('b', 1)], dropped: 0 });
  });
});
