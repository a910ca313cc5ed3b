import type { InputUnit } from '../../source/input-unit.ts';
import { pluginOf } from '../calve-configuration.ts';
import type { BatchWork } from './batch-work.ts';
import type { SegmentedUnit, SegmentShare } from './plan-segments.ts';
import { planSegments } from './plan-segments.ts';

/** Compressed content is larger than what is stored, about so many times. */
const UNPACKED = 4;

/** The segments of the units of a batch, in order. */
export function batchSegments(batch: BatchWork): SegmentShare[] {
  return planSegments(segmentedUnits(batch), batch.settings.configuration.segmentBytes);
}

function* segmentedUnits(batch: BatchWork): Generator<SegmentedUnit> {
  const { plan, configuration } = batch.settings;
  for (const { unit, reader } of plan.batch.units) {
    const { format, plan: readerPlan } = batch.reader(reader);
    const canBeCut = pluginOf('format', configuration.formats, format).split(readerPlan).kind === 'records';
    yield { contentBytes: contentBytes(unit, reader, batch), canBeCut: canBeCut && unit.kind === 'object' && !unit.replay };
  }
}

/** How much there is to decode, about. */
export function contentBytes(unit: InputUnit, readerId: string, batch: BatchWork): number {
  if (unit.kind !== 'object') return 0;
  const { plan } = batch.reader(readerId);
  const isPacked = 'compression' in plan && plan.compression !== null;
  return Math.max(0, unit.sizeBytes) * (isPacked ? UNPACKED : 1);
}
