import type { InputUnit } from '../../source/input-unit.ts';
import { pluginOf } from '../calve-configuration.ts';
import type { BatchWork } from './batch-work.ts';
import type { SegmentShare } from './plan-segments.ts';
import { planSegments } from './plan-segments.ts';

/** Compressed content is larger than what is stored, about so many times. */
const UNPACKED = 4;

/** The segments of the units of a batch, in order. */
export function batchSegments(batch: BatchWork): SegmentShare[] {
  const { plan, configuration } = batch.settings;
  const units = plan.batch.units.map(({ unit, reader }) => {
    const { format, plan: readerPlan } = batch.reader(reader);
    const canBeCut = pluginOf('format', configuration.formats, format).split(readerPlan).kind === 'records';
    return { contentBytes: contentBytes(unit, reader, batch), canBeCut: canBeCut && unit.kind === 'object' && !unit.replay };
  });
  return planSegments(units, configuration.segmentBytes);
}

/** How much there is to decode, about. */
export function contentBytes(unit: InputUnit, readerId: string, batch: BatchWork): number {
  if (unit.kind !== 'object') return 0;
  const { plan } = batch.reader(readerId);
  const isPacked = 'compression' in plan && plan.compression !== null;
  return Math.max(0, unit.sizeBytes) * (isPacked ? UNPACKED : 1);
}
