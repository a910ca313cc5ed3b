import type { Field } from '../columns/column-type.ts';
import { readBesideFix } from './beside-fix.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { cellsOf } from './column-statistics.ts';
import { findReadings, readingsText } from './find-readings.ts';
import { statisticsOf } from './merge-statistics.ts';
import { evidenceOf, exampleText } from './undeclared-format.ts';

/** A column that became text in a table stays text: what it would have been is told as long as files still are written so. */
export function reportTextOfTable(candidate: CandidateColumn, table: Field, debate: ColumnDebate): void {
  const statistics = table.type.kind === 'string' ? statisticsOf(candidate) : null;
  const readings = statistics ? findReadings(statistics) : [];
  if (!statistics || readings.length === 0) return;
  const what = `Column "${table.name}" of the table is text and stays text; all ${cellsOf(statistics)} new values would be ${readingsText(readings)}`;
  const end =
    'Read them into a new column beside it (earlier rows have null there), or declare the type and load everything into another table under another ingestion id';
  debate.findings.push({
    code: 'SCHEMA_FORMAT_UNDECLARED',
    severity: 'info',
    message: `${what}${exampleText(statistics, debate)}. ${end}.`,
    ...evidenceOf(readings, statistics),
    fixes: readings.map((reading) => readBesideFix(candidate, table, reading, debate)),
  });
}
