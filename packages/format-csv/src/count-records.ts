import type { CellsColumn, ColumnBatch, ColumnInferenceOptions, Diagnostic, ObservedField } from '@calve/core/plugin';
import { createColumnBatch, createColumnInference } from '@calve/core/plugin';
import type { CsvFacts } from './csv-facts.ts';
import type { RecordDecoding } from './decode-records.ts';

interface Rejected {
  count: number;
  first?: { line: number; byteOffset: number };
}

/** What the records of a pass are. */
export interface CountedRecords {
  fields: ObservedField[];
  /** With those that are rejected. */
  rows: number;
  rejected: Rejected;
}

/** Makes a pass over records and looks at each. */
export async function countRecords(
  decoding: RecordDecoding,
  facts: CsvFacts,
  columns: ColumnInferenceOptions,
): Promise<CountedRecords> {
  const inference = createColumnInference(columns);
  const rejected: Rejected = { count: 0 };
  let rows = 0;
  for await (const event of decoding.events()) {
    if (event.kind === 'batch') {
      try {
        inference.add(event.batch);
        rows += event.batch.rows;
      } finally {
        event.batch.release();
      }
    } else if (event.kind === 'rejected') {
      const { line = 0, byteOffset = 0 } = event.records[0]?.position ?? {};
      rejected.first ??= { line, byteOffset };
      rejected.count += event.records.length;
    }
  }
  // Without a row the fields are told by a batch of none.
  if (rows === 0) inference.add(batchWithoutRows(facts.names.safe));
  return { fields: inference.finish(), rows: rows + rejected.count, rejected };
}

function batchWithoutRows(names: string[]): ColumnBatch {
  const none = new Uint32Array(0);
  const column: CellsColumn = { layout: 'cells', source: new Uint8Array(0), starts: none, ends: none, escaping: 'none' };
  return createColumnBatch({
    fields: names.map((name) => ({ name, type: { kind: 'string' }, required: false })),
    columns: names.map(() => column),
    rows: 0,
  });
}

/** What is to be told of records that were rejected. @param isComplete All of the file was looked at. */
export function raggedRows({ rejected }: CountedRecords, { header, names }: CsvFacts, isComplete: boolean): Diagnostic[] {
  const { count, first } = rejected;
  if (!first) return [];
  const columns = names.safe.length;
  const inParts = isComplete ? '' : ' in the sampled parts';
  const expected = header ? `the header (${columns})` : `the file has columns (${columns})`;
  const records = count === 1 ? `1 record${inParts} has` : `${count} records${inParts} have`;
  return [
    {
      code: 'CSV_RAGGED_ROWS',
      severity: 'warning',
      message: `${records} another number of fields than ${expected}, the first in line ${first.line}: rejected, with the whole record. If lines before the header are a title, set "skipLines".`,
      at: { unit: '', ...first },
    },
  ];
}
