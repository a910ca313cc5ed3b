// The same program for Node and for the browser: what would be loaded from these files?
import { createCalve, type Environment, explainPlan, type IngestionPlan, memorySource, memoryState } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { planOnlySink } from './plan-only-sink.ts';

/** What only the platform has; clock and randomness are given, so that two platforms can be compared. */
export type Platform = Omit<Environment, 'now' | 'random'>;

/**
 * Sniffs, observes and plans. Nothing is written.
 *
 * @param platform Absent: the environment that core finds by itself, whose clock and randomness nobody foresees.
 */
export async function planFiles(files: readonly File[], platform?: Platform): Promise<{ plan: IngestionPlan; text: string }> {
  await using calve = createCalve({
    sources: { upload: memorySource(files) },
    formats: { csv: csvFormat() },
    sinks: { lake: planOnlySink() },
    state: memoryState(),
    ...(platform ? { environment: { ...platform, now: () => Date.UTC(2026, 2, 14, 15, 9, 26, 535), random: counting() } } : {}),
  });
  const spec = calve.ingestion('orders').from('upload').detect().settle(0).into('lake', { table: 'sales.orders' }).build();
  const plan = await calve.plan(spec);
  return { plan, text: explainPlan(plan) };
}

function counting(): Environment['random'] {
  let next = 0;
  return (bytes) => Uint8Array.from({ length: bytes }, () => next++);
}
