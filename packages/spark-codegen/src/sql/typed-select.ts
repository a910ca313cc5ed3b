import type { ColumnRule, Field, Path, Projection, ProvenanceValue } from '@calve/core/plugin';
import { nullRule, typeText } from '@calve/core/plugin';
import type { SparkReader } from '../reader/spark-reader.ts';
import { CORRUPT, viewColumn } from '../reader/spark-reader.ts';
import { type Refusals, refuseText } from '../refusal.ts';
import { sqlName, sqlString } from './literal.ts';
import { prepareText } from './prepare-text.ts';
import { type CodeWhen, type ReadingRule, readColumn } from './read-column.ts';
import { readText } from './read-text.ts';
import { sparkType } from './spark-type.ts';

/** Names under which the SELECT tells of each row, beside the columns of the table. None is the name of one of those. */
export interface RowNames {
  /** ARRAY<STRING>: the error codes; empty for a good row. */
  errors: string;
  /** STRING: the file, when it is not the one that was planned; null when it is. */
  changed: string;
}

/** What a column is made of: an expression over the inner SELECTs, and what is wrong with it when. */
interface ColumnPlan {
  target: Field;
  /** Inner SELECT: the prepared text; null: there is none. */
  prepared: string | null;
  /** Middle SELECT. */
  value: string;
  codes: CodeWhen[];
}

/** The view in which Python puts the units of the batch. */
export const UNITS_VIEW = 'calve_units';

/** The view in which Python puts what a reader gives. */
export function readerView(id: string): string {
  return `calve_${id}`;
}

/** Facts about a file, by the names that the views have for them. */
const FACTS: Record<Exclude<ProvenanceValue, 'record' | { pathKey: string }>, string> = {
  'unit-uri': 'uri',
  'unit-version': 'version',
  'unit-modified': 'CAST(modified_at AS TIMESTAMP)',
  'run-id': 'run_id',
  'planned-at': 'CAST(planned_at AS TIMESTAMP)',
};

/**
 * One SELECT that makes rows of a table out of what a reader gives: the innermost level trims and takes null tokens out, the next one casts by the
 * strict grammar, the outer one tells what is wrong. A rule that cannot be printed is added to `refusals`.
 */
export function typedSelect(
  id: string,
  reader: SparkReader,
  projection: Projection,
  names: RowNames,
  refusals: Refusals,
): string {
  if (projection.filter !== undefined) refusals.add('SPARK_RULE_UNSUPPORTED', 'A filter is not printed yet.');
  if (projection.explode !== undefined) refusals.add('SPARK_RULE_UNSUPPORTED', 'Exploding a list is not printed yet.');
  if (projection.unknownFields !== 'ignore')
    refusals.add('SPARK_RULE_UNSUPPORTED', `unknownFields "${projection.unknownFields}" is not printed yet, only "ignore".`);
  const plans = projection.rules.map((rule, index) => planColumn(rule, index + 1, reader, refusals));
  const prepared = plans.flatMap(({ prepared }, index) => (prepared === null ? [] : [`${prepared} AS x${index + 1}`]));
  const facts = [
    `raw.${CORRUPT}`,
    'unit.*',
    'CASE WHEN unit.uri IS NULL OR raw.file_size <> unit.size_bytes OR raw.file_modified <> CAST(unit.modified_at AS TIMESTAMP) THEN raw.file_path END AS changed',
  ];
  return [
    'SELECT',
    list(
      [
        ...plans.map(({ target }, index) => `v${index + 1} AS ${sqlName(target.name)}`),
        `${errorsOf(plans, reader.badRecord)} AS ${sqlName(names.errors)}`,
        `changed AS ${sqlName(names.changed)}`,
      ],
      1,
    ),
    'FROM (',
    '  SELECT',
    list(['*', ...plans.map(({ value }, index) => `${value} AS v${index + 1}`)], 2),
    '  FROM (',
    '    SELECT',
    list([...prepared, ...facts], 3),
    `    FROM ${readerView(id)} AS raw LEFT JOIN ${UNITS_VIEW} AS unit ON raw.file_path = unit.file_path`,
    '  )',
    ')',
  ].join('\n');
}

function list(items: readonly string[], level: number): string {
  return items.map((item) => `${'  '.repeat(level)}${item}`).join(',\n');
}

function planColumn(rule: ColumnRule, place: number, reader: SparkReader, refusals: Refusals): ColumnPlan {
  const { target } = rule;
  const nothing: ColumnPlan = { target, prepared: null, value: 'NULL', codes: [] };
  const refuse = (problem: string): ColumnPlan => {
    refusals.add('SPARK_RULE_UNSUPPORTED', `Column "${target.name}": ${problem}.`);
    return nothing;
  };
  return refusals.attempt(
    `Column "${target.name}"`,
    () => {
      const type = sparkType(target.type);
      if (type === null) return refuse(`Spark cannot write ${typeText(target.type)} to Iceberg`);
      switch (rule.kind) {
        case 'text':
        case 'nested':
          return planRead(rule, place, type, reader) ?? refuse(`the reader gives nothing at "${rule.source.join('.')}"`);
        case 'constant':
          return { ...nothing, value: constant(rule, type), codes: nullCodes(rule, place) };
        case 'provenance':
          if (rule.value === 'record') return refuse('Spark does not number the records of a file; leave "record" out');
          if (typeof rule.value === 'object') return refuse('values out of the path are not printed yet');
          return { ...nothing, value: FACTS[rule.value], codes: nullCodes(rule, place) };
        default:
          return refuse(`a rule of kind "${rule.kind}" is not printed yet`);
      }
    },
    nothing,
  );

  function planRead(rule: ReadingRule, place: number, type: string, reader: SparkReader): ColumnPlan | null {
    const source = sourceOf(rule.source, reader);
    if (source === null) return null;
    const read = readColumn(`x${place}`, rule, `v${place}`);
    if ('problem' in read) return refuse(read.problem);
    const value = rule.kind === 'nested' ? `CAST(${read.value} AS ${type})` : read.value;
    return { target, prepared: prepareText(source, rule), value, codes: read.codes };
  }
}

function nullCodes({ target }: ColumnRule, place: number): CodeWhen[] {
  return target.required ? [{ code: `${target.name}:${nullRule}`, when: `v${place} IS NULL` }] : [];
}

/** The same value in every row, read from its text by the strict grammar. */
function constant({ value, target }: ColumnRule & { kind: 'constant' }, type: string): string {
  if (value === null) return `CAST(NULL AS ${type})`;
  const read = readText(sqlString(String(value)), target.type, { formats: [] });
  if ('problem' in read) throw refuseText(String(value), read.problem);
  return read.sql;
}

/** What the reader gives at a path, through members of structs; null: it has nothing there. */
function sourceOf([name, ...members]: Path, { columns }: SparkReader): string | null {
  const index = columns.findIndex((column) => column.name === name);
  let type = columns[index]?.type;
  for (const member of members) {
    if (type?.kind !== 'struct') return null;
    type = type.fields.find((field) => field.name === member)?.type;
  }
  return type === undefined ? null : [`raw.${viewColumn(index + 1)}`, ...members.map(sqlName)].join('.');
}

/** A record that is none has no values to be wrong. */
function errorsOf(plans: readonly ColumnPlan[], badRecord: string): string {
  const codes = plans.flatMap(({ codes }) => codes.map(({ code, when }) => `CASE WHEN ${when} THEN ${sqlString(code)} END`));
  const found =
    codes.length === 0 ? 'CAST(ARRAY() AS ARRAY<STRING>)' : `FILTER(ARRAY(\n${list(codes, 2)}\n  ), e -> e IS NOT NULL)`;
  return `CASE WHEN ${CORRUPT} IS NOT NULL THEN ARRAY(${badRecord}) ELSE ${found} END`;
}
