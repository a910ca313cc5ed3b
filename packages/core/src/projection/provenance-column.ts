import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { writeInt64Number } from '../columns/int64-words.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ColumnRule, ProvenanceValue } from './projection.ts';
import { singleValue } from './single-value.ts';

/** Where the rows of a unit come from, as text; times are ISO 8601 in UTC. */
export interface ProvenanceFacts {
  unitUri: string;
  unitVersion: string;
  unitModified: string;
  runId: string;
  plannedAt: string;
}

/**
 * A provenance column for all rows of a batch: one value for all of them, or the 1-based number of each record in its range.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID`: a fact is no value of the column's type, such as a time that is not ISO.
 */
export function provenanceColumn(
  rule: Extract<ColumnRule, { kind: 'provenance' }>,
  batch: ColumnBatch,
  facts: ProvenanceFacts,
): ColumnData {
  if (rule.value === 'record') return recordNumbers(batch);
  const text = factText(rule.value, facts);
  const values = singleValue(text, rule.target.type);
  if (values === null) throw unfitFact(rule.target.name, rule.target.type, text);
  return repeated(values, batch.rows);
}

/** A column that has the same value, row 0 of `values`, in every row. */
export function repeated(values: ColumnData, rows: number): ColumnData {
  return { layout: 'dictionary', indexes: new Int32Array(rows), values };
}

function recordNumbers({ rows, firstRecordInRange }: ColumnBatch): ColumnData {
  const values = new Uint8Array(rows * 8);
  const view = new DataView(values.buffer);
  for (let row = 0; row < rows; row++) writeInt64Number(view, row * 8, firstRecordInRange + row + 1);
  return { layout: 'fixed', width: 8, values };
}

function factText(value: ProvenanceValue, facts: ProvenanceFacts): string {
  switch (value) {
    case 'unit-uri':
      return facts.unitUri;
    case 'unit-version':
      return facts.unitVersion;
    case 'unit-modified':
      return facts.unitModified;
    case 'run-id':
      return facts.runId;
    case 'planned-at':
      return facts.plannedAt;
    default:
      throw new CalveError('INTERNAL', `The provenance value ${JSON.stringify(value)} has no text.`, { recovery: 'report' });
  }
}

function unfitFact(column: string, type: ColumnType, text: string): CalveError {
  return new CalveError(
    'CONFIGURATION_INVALID',
    `Column "${column}" is ${typeText(type)}, but the fact it holds is ${JSON.stringify(text)}; sources give times as ISO 8601 in UTC.`,
    { recovery: 'report', context: { column, value: text } },
  );
}
