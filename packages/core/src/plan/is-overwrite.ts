import type { IngestionPlan } from './ingestion-plan.ts';

/** True where the rows of a batch take the place of others that have nothing to do with them. Pure. */
export function isOverwrite({ program }: Pick<IngestionPlan, 'program'>): boolean {
  const kind = program.outputs[0]?.mode.kind;
  return kind === 'overwrite-table' || kind === 'overwrite-partitions';
}
