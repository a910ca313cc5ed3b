import type { Field, JsonReader } from '@calve/core/plugin';
import { ROW_CODES } from '@calve/core/plugin';
import { sqlName, sqlString } from '../sql/literal.ts';
import { sparkType } from '../sql/spark-type.ts';
import type { SparkReader } from './spark-reader.ts';
import { CORRUPT, viewColumn, ZSTD } from './spark-reader.ts';

/** Standard JSON and nothing else. */
const SYNTAX = {
  allowSingleQuotes: 'false',
  allowNonNumericNumbers: 'false',
  allowComments: 'false',
  allowUnquotedFieldNames: 'false',
  allowNumericLeadingZeros: 'false',
  allowBackslashEscapingAnyCharacter: 'false',
  allowUnquotedControlChars: 'false',
};

/** Spark only says that a record is bad. A second look at its text tells an object of another structure and what is no object from what is no JSON. */
const BAD_RECORD = [
  `CASE WHEN try_parse_json(${CORRUPT}) IS NULL THEN ${sqlString(ROW_CODES.json)}`,
  `WHEN schema_of_variant(try_parse_json(${CORRUPT})) LIKE 'OBJECT%' THEN ${sqlString(ROW_CODES.structure)}`,
  `ELSE ${sqlString(ROW_CODES.notAnObject)} END`,
].join(' ');

/** Spark's JSON reader, one record per line, with the structure of the plan and text at every leaf. Pure. */
export function readJsonLines(plan: JsonReader, refuse: (reason: string) => void): SparkReader | null {
  const names = plan.fields.map(({ name }) => name);
  const problems = [
    plan.framing === 'lines' ? null : 'JSON documents are not printed yet; write one record per line.',
    plan.recordsAt.length > 0 ? 'Records inside a document are not printed yet; write one record per line.' : null,
    plan.rescue === null ? null : 'Keeping unknown members is not printed yet.',
    plan.compression === 'zstd' ? ZSTD : null,
    names.length === 0 ? 'There are no members to read.' : null,
    names.some((name) => name.toLowerCase() === '_metadata') ? 'Spark has a column "_metadata" of its own.' : null,
    equalIgnoringCase(plan.fields),
  ].filter((problem) => problem !== null);
  for (const problem of problems) refuse(problem);
  if (problems.length > 0) return null;
  const corrupt = freeName('_corrupt_record', names);
  return {
    format: 'json',
    options: { multiLine: 'false', mode: 'PERMISSIVE', columnNameOfCorruptRecord: corrupt, ...SYNTAX },
    schema: [...plan.fields.map(({ name, type }) => `${sqlName(name)} ${sparkType(type)}`), `${sqlName(corrupt)} STRING`].join(
      ', ',
    ),
    select: [
      ...plan.fields.map(({ name }, index) => `${sqlName(name)} AS ${viewColumn(index + 1)}`),
      `${sqlName(corrupt)} AS ${CORRUPT}`,
    ],
    columns: plan.fields,
    badRecord: BAD_RECORD,
    suffix: plan.compression === 'gzip' ? '.gz' : null,
  };
}

/** Spark finds columns and members in any case, so two of them cannot be told apart. */
function equalIgnoringCase(fields: readonly Field[]): string | null {
  const seen = new Map<string, string>();
  for (const { name, type } of fields) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) return `Spark cannot tell the members "${other}" and "${name}" apart.`;
    seen.set(name.toLowerCase(), name);
    const below = equalIgnoringCase(membersOf(type));
    if (below !== null) return below;
  }
  return null;
}

function membersOf(type: Field['type']): readonly Field[] {
  switch (type.kind) {
    case 'struct':
      return type.fields;
    case 'list':
      return membersOf(type.element.type);
    case 'map':
      return membersOf(type.value.type);
    default:
      return [];
  }
}

function freeName(name: string, taken: readonly string[]): string {
  return taken.some((other) => other.toLowerCase() === name) ? freeName(`_${name}`, taken) : name;
}
