import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fix } from '../findings/column-fixes.ts';
import type { Json } from '../json/json.ts';
import { freeColumnName } from '../spec/free-column-name.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { type ColumnStatistics, cellsOf } from './column-statistics.ts';
import { findReadings, type Reading, readingFixes, readingsText } from './find-readings.ts';
import { statisticsOf } from './merge-statistics.ts';

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
    fixes: readings.map((reading) => besideFix(candidate, table, reading, debate)),
  });
}

/** A column that reads the same values, while the one that the table has stays as it is. */
function besideFix({ declared, seen }: CandidateColumn, { name }: Field, { written, spec }: Reading, debate: ColumnDebate): Fix {
  const { units, declared: columns, table } = debate.question;
  const taken = [...units.flatMap(({ fields }) => fields), ...(table ?? []).map((field) => ({ field }))];
  const beside = freeColumnName(name, spec.type, [...taken.map(({ field }) => field.name), ...Object.keys(columns)]);
  const from = declared?.spec.from ?? [seen[0]?.observed.field.name ?? name];
  const at = ['outputs', 0, 'columns'];
  const stays = { type: { kind: 'string' } };
  return {
    title: `Read it as ${written} into a new column "${beside}"`,
    specPatch: [
      { op: 'add', path: jsonPointer([...at, beside]), value: { from, ...spec } as unknown as Json },
      declared
        ? { op: 'add', path: jsonPointer([...at, declared.name, 'type']), value: stays.type }
        : { op: 'add', path: jsonPointer([...at, name]), value: stays },
    ],
  };
}

function exampleText({ classes: { text } }: ColumnStatistics, debate: ColumnDebate): string {
  return text ? `, the first is ${JSON.stringify(text.first.value)}${debate.place(text.first.at)}` : '';
}

function evidenceOf(readings: readonly Reading[], { classes: { text } }: ColumnStatistics): Pick<Diagnostic, 'at' | 'evidence'> {
  if (!text) return {};
  return { at: text.first.at, evidence: readings.map(({ spec }) => ({ excludes: spec.type, ...text.first })) };
}
