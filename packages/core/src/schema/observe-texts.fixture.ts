import type { ObservedField } from '../format/observation.ts';
import { cellsBatch } from '../projection/text-batch.fixture.ts';
import type { GivenTypes } from './given-types.ts';
import { createColumnInference } from './infer-columns.ts';

/** What inference sees in one column `c` of a CSV file, read in batches of at most 50 rows that are released at once. Line 1 is a header. */
export function observe(
  texts: readonly (string | null)[],
  options: { nulls?: string[]; unit?: string; given?: GivenTypes } = {},
): ObservedField & Required<Pick<ObservedField, 'statistics'>> {
  const { nulls = [], ...unit } = options;
  const inference = createColumnInference({ nulls, ...unit });
  for (let first = 0; first === 0 || first < texts.length; first += 50) {
    const batch = cellsBatch({ c: texts.slice(first, first + 50) });
    const { release, ...rest } = batch;
    for (let row = 0; row < batch.rows; row++) batch.records!.lines![row]! += first;
    // Batches of one file: later ones begin further on.
    const byteOffsets = batch.byteOffsets?.map((offset) => offset + first * 100_000);
    inference.add({ ...rest, release, firstRecordInRange: first, ...(byteOffsets ? { byteOffsets } : {}) });
    release();
  }
  const [observed] = inference.finish();
  return observed as ObservedField & Required<Pick<ObservedField, 'statistics'>>;
}
