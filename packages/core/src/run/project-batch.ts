import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ProjectedRows, Projector, ProvenanceFacts } from '../projection/apply-projection.ts';

/** Types one batch and gives its memory back, also when a value makes the projection fail. */
export function projectBatch(projector: Projector, batch: ColumnBatch, facts: ProvenanceFacts): ProjectedRows {
  try {
    return projector.apply(batch, facts);
  } finally {
    batch.release();
  }
}
