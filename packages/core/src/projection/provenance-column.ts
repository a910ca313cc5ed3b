import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { writeInt64Number } from '../columns/int64-words.ts';
import { CalveError } from '../errors/calve-error.ts';
import { joinedValues } from './joined-values.ts';
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

/** Consecutive rows of a batch that come from one unit. */
export interface UnitRun {
  rows: number;
  facts: ProvenanceFacts;
}

/** @param provenance Of all rows, or of those of each unit. */
export function runsOf({ rows }: ColumnBatch, provenance: ProvenanceFacts | readonly UnitRun[]): readonly UnitRun[] {
  return 'unitUri' in provenance ? [{ rows, facts: provenance }] : provenance;
}

/**
 * A provenance column for a batch: one value for all rows of a unit, or the 1-based number of each record in its range.
 *
 * @param runs The units of the batch, in order: all of its rows.
 * @throws {CalveError} `CONFIGURATION_INVALID`: a fact is no value of the column's type, such as a time that is not ISO.
 */
export function provenanceColumn(
  { value, target }: Extract<ColumnRule, { kind: 'provenance' }>,
  batch: ColumnBatch,
  runs: readonly UnitRun[],
): ColumnData {
  if (value === 'record') return recordNumbers(batch, runs);
  const values: ColumnData[] = [];
  const indexes = new Int32Array(batch.rows);
  let text: string | null = null;
  let row = 0;
  for (const { rows, facts } of runs) {
    const fact = factText(value, facts);
    if (fact !== text) {
      const single = singleValue(fact, target.type);
      if (single === null) throw unfitFact(target.name, target.type, fact);
      values.push(single);
      text = fact;
    }
    indexes.fill(values.length - 1, row, row + rows);
    row += rows;
  }
  return { layout: 'dictionary', indexes, values: joinedValues(values) };
}

/** A column that has the same value, row 0 of `values`, in every row. */
export function repeated(values: ColumnData, rows: number): ColumnData {
  return { layout: 'dictionary', indexes: new Int32Array(rows), values };
}

function recordNumbers({ rows: allRows, firstRecordInRange }: ColumnBatch, runs: readonly UnitRun[]): ColumnData {
  const values = new Uint8Array(allRows * 8);
  const view = new DataView(values.buffer);
  let first = 0;
  for (const { rows } of runs) {
    for (let row = 0; row < rows; row++) writeInt64Number(view, (first + row) * 8, firstRecordInRange + row + 1);
    first += rows;
  }
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
