import type { TableWriter } from '../../sink/table-writer.ts';
import { contentBytes } from './batch-segments.ts';
import type { BatchWork } from './batch-work.ts';
import type { GatheredUnits } from './gathered-units.ts';
import { inlineUnit } from './inline-unit.ts';
import type { SegmentShare } from './plan-segments.ts';
import type { UnitWork } from './unit-work.ts';

/** The units of a batch that are objects, to be begun in their order, one after the other. */
export interface BatchUnits {
  /** They are worked on in this thread. */
  isHere: boolean;
  /** @param index Of the unit in the batch. @throws what opening it throws. */
  start(index: number): Promise<UnitWork>;
  /** Nothing goes on afterwards. Called exactly once. */
  close(): Promise<void>;
}

/**
 * Has units worked on in other threads where that is worth it, and here otherwise. The same events and the same files either way.
 *
 * @param shares Of the units, in order. @param writer Of the accepted rows. @param gathered Takes small units of this thread; null: nobody does.
 */
export async function openUnits(
  batch: BatchWork,
  shares: readonly SegmentShare[],
  writer: TableWriter,
  gathered: Pick<GatheredUnits, 'takesMost'> | null,
): Promise<BatchUnits> {
  const { plan, configuration, onOneThread } = batch.settings;
  const { workers, decodeProcesses, environment, segmentBytes } = configuration;
  const mayShare = workers > 0 && decodeProcesses === null && environment.startThread !== undefined;
  if (mayShare && allContent(batch) >= segmentBytes * 2 && !(await gathered?.takesMost())) {
    // Few batches are as large: a page that loads small files does without.
    const { shareUnits } = await import('./share-units.ts');
    const shared = await shareUnits(batch, shares, writer);
    if (shared && 'why' in shared) onOneThread(shared.why);
    else if (shared) return shared;
  }
  return {
    isHere: true,
    async start(index) {
      const planned = plan.batch.units[index] as (typeof plan.batch.units)[number];
      return inlineUnit(planned, shares[index]?.isCut ? segmentBytes : null, batch);
    },
    close: async () => {},
  };
}

function allContent(batch: BatchWork): number {
  return batch.settings.plan.batch.units.reduce((sum, { unit, reader }) => sum + contentBytes(unit, reader, batch), 0);
}
