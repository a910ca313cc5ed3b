import type { Diagnostic } from '../errors/diagnostic.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { type ColumnStatistics, cellsOf } from './column-statistics.ts';
import { type Reading, readingFixes, readingsText } from './find-readings.ts';

/** Nothing is guessed; what would read every value of a column that is about to be made is said. */
export function undeclaredFormat(
  { name, declared }: CandidateColumn,
  readings: readonly Reading[],
  statistics: ColumnStatistics,
  debate: ColumnDebate,
): Diagnostic {
  const why = `Column "${name}" is text, since nobody declared how its values are written`;
  const how = `all ${cellsOf(statistics)} would be ${readingsText(readings)}`;
  const end = 'A table keeps it as text for good, so declare it before the first run';
  return {
    code: 'SCHEMA_FORMAT_UNDECLARED',
    severity: 'warning',
    message: `${why}: ${how}${exampleText(statistics, debate)}. ${end}.`,
    ...evidenceOf(readings, statistics),
    fixes: readingFixes(name, declared, readings),
  };
}

/** `, the first is "31.12.2023" in a.csv line 2`. */
export function exampleText({ classes: { text } }: ColumnStatistics, debate: ColumnDebate): string {
  return text ? `, the first is ${JSON.stringify(text.first.value)}${debate.place(text.first.at)}` : '';
}

/** Where the first value stands that needs a declaration. */
export function evidenceOf(
  readings: readonly Reading[],
  { classes: { text } }: ColumnStatistics,
): Pick<Diagnostic, 'at' | 'evidence'> {
  if (!text) return {};
  return { at: text.first.at, evidence: readings.map(({ spec }) => ({ excludes: spec.type, ...text.first })) };
}
