import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import type { RunEvents } from './run-events.ts';
import type { StagingObserver } from './stage-batch.ts';
import { tellOneThread } from './tell-degraded.ts';

/** Tells, as events of the run, how far the staging of a batch has come, and what it has to do without. */
export function observeStaging({ batch }: IngestionPlan, events: RunEvents): Omit<StagingObserver, 'mayLeaveOut'> {
  const bytesTotal = batch.units.reduce((sum, { unit }) => sum + (unit.kind === 'object' ? unit.sizeBytes : 0), 0);
  let bytesDone = 0;
  let rows = 0;
  const tell = (): void => events.emit({ kind: 'progress', bytesDone, bytesTotal, rows });
  return {
    onBytes(bytes) {
      bytesDone += bytes;
      tell();
    },
    onRows(count) {
      rows += count;
      tell();
    },
    onOneThread: (why) => tellOneThread(events, why),
  };
}
