import type { ColumnBatch, ColumnRule, ColumnType, Observation } from '@calve/core/plugin';
import { openProjector, poisonReleasedMemory, readValue } from '@calve/core/plugin';
import { rejectOf } from './decode-outcome.ts';

poisonReleasedMemory(true);

const FACTS = {
  unitUri: 'memory:///a.csv',
  unitVersion: '1',
  unitModified: '2024-01-01T00:00:00.000Z',
  runId: 'run',
  plannedAt: '2024-01-01T00:00:00.000Z',
};
const CODE = /:(?:boolean|int32|int64|float|double|decimal|date|timestamp|timestamp_ntz|string|too-long|null)$/;

/** Counts of typed rows. */
export interface ProjectedCounts {
  accepted: number;
  rejected: number;
}

/**
 * Types a batch and adds to `counts`.
 *
 * @param declared Types of the columns, in turn; `null`: those that were observed.
 * @returns What is wrong with the result.
 */
export async function projectionProblems(
  batch: ColumnBatch,
  { fields, nulls = [] }: Observation,
  declared: readonly ColumnType[] | null,
  counts: ProjectedCounts,
): Promise<string[]> {
  const rules = fields.map(({ field }, at): ColumnRule => {
    const observed: ColumnType = field.type.kind === 'unknown' ? { kind: 'string' } : field.type;
    const type = declared?.[at % declared.length] ?? observed;
    return {
      target: { name: field.name, type, required: false },
      kind: 'text',
      source: [field.name],
      trim: at % 2 === 1,
      nulls: type.kind === 'string' ? nulls : ['', ...nulls],
      formats: [],
      onFailure: 'reject-row',
    };
  });
  const projector = await openProjector({ version: 1, rules, unknownFields: 'ignore' });
  const { accepted, rejected } = projector.apply(batch, FACTS);
  counts.accepted += accepted.rows;
  counts.rejected += rejected.length;
  const problems: string[] = [];
  if (accepted.rows + rejected.length !== batch.rows)
    problems.push(`${batch.rows} rows became ${accepted.rows} accepted and ${rejected.length} rejected ones`);
  for (const record of rejected) problems.push(...rejectProblems(batch, record));
  const away = new Set(rejected.map(({ position }) => (position.record ?? 0) - 1 - batch.firstRecordInRange));
  const kept = Array.from(batch.byteOffsets ?? []).filter((_, row) => !away.has(row));
  if (String(kept) !== String(accepted.byteOffsets)) problems.push('accepted rows have the offsets of other rows');
  // Every value is touched: what lies outside of its buffer would throw here.
  for (const [at, column] of accepted.columns.entries()) {
    const type = accepted.fields[at]?.type;
    for (let row = 0; type !== undefined && row < accepted.rows; row++) readValue(column, type, row);
  }
  accepted.release();
  return problems;
}

function rejectProblems(batch: ColumnBatch, record: Parameters<typeof rejectOf>[0]): string[] {
  const { position, codes, raw } = rejectOf(record);
  const row = (position.record ?? 0) - 1 - batch.firstRecordInRange;
  const { records, byteOffsets } = batch;
  const stored = records ? Buffer.from(records.source.subarray(records.starts[row], records.ends[row])).toString('latin1') : null;
  const problems: string[] = [];
  if (stored === null || !stored.startsWith(raw))
    problems.push(`rejected record ${position.record} has other bytes than its row`);
  if (position.byteOffset !== byteOffsets?.[row])
    problems.push(`rejected record ${position.record} has the offset of another row`);
  if (codes.length === 0 || !codes.every((code) => CODE.test(code)))
    problems.push(`rejected record ${position.record} has the codes ${JSON.stringify(codes)}`);
  return problems;
}
