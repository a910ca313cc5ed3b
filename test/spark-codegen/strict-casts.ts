import { readFileSync } from 'node:fs';
import type { ColumnRule, ColumnType, TextParse } from '@calve/core/plugin';
import { prepareText } from '../../packages/spark-codegen/src/sql/prepare-text.ts';
import { readText } from '../../packages/spark-codegen/src/sql/read-text.ts';
import type { CanonicalValue } from '../readers/readers.ts';

interface Parameters {
  precision?: number;
  scale?: number;
  exact?: boolean;
  special?: Record<string, 'NaN' | 'Infinity' | '-Infinity'>;
  true?: string[];
  false?: string[];
  trim?: boolean;
  nulls?: string[];
  pattern?: string;
  zone?: string;
  unit?: 'seconds' | 'millis' | 'micros';
  encoding?: 'base64' | 'hex';
}

interface Line {
  kind: string;
  params?: Parameters;
  in: string;
  o?: string | boolean;
}

const UNITS = { seconds: 's', millis: 'ms', micros: 'us' } as const;

/** A way to read texts, and what each text must become: null where it is no value, or a null token. */
export interface StrictCast {
  name: string;
  rule: ColumnRule & { kind: 'text' };
  expected: ReadonlyMap<string, CanonicalValue>;
}

const fixture = new URL('../../packages/core/test/fixtures/strict-casts.jsonl', import.meta.url);
const lines = readFileSync(fixture, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

/** Every text of the fixture. */
export const texts: readonly string[] = [...new Set(lines.map((line) => line.in))];

/** Every cast of the fixture, but for int8 and int16: Iceberg has no such types. */
export const strictCasts: readonly StrictCast[] = [
  ...Map.groupBy(lines, ({ kind, params = {} }) => `${kind} ${JSON.stringify(params)}`),
].flatMap(([name, members]) => {
  const { kind, params = {} } = members[0] as Line;
  if (kind === 'int8' || kind === 'int16') return [];
  const rule = ruleOf(kind, params);
  return [{ name, rule, expected: new Map(members.map((line) => [line.in, canonical(line, rule.target.type)])) }];
});

/** One SELECT that gives, for each text of a view, its number and what each cast makes of it. */
export function castQuery(casts: readonly StrictCast[], from: string): string {
  const prepared = casts.map(({ rule }, index) => `${prepareText('c', rule)} AS x${index}`);
  const values = casts.map(({ name, rule }, index) => {
    const read = readText(`x${index}`, rule.target.type, rule);
    if ('problem' in read) throw new Error(`${name}: ${read.problem}`);
    return `${read.sql} AS v${index}`;
  });
  return `SELECT n, ${values.join(', ')} FROM (SELECT n, ${prepared.join(', ')} FROM ${from}) ORDER BY n`;
}

function ruleOf(kind: string, params: Parameters): ColumnRule & { kind: 'text' } {
  const { exact, special, true: yes, false: no, zone, unit, encoding } = params;
  const parse = { exact, special, true: yes, false: no, zone, unit: unit && UNITS[unit], encoding };
  return {
    target: { name: 'c', type: typeOf(kind, params), required: false },
    kind: 'text',
    source: ['c'],
    trim: params.trim ?? false,
    nulls: params.nulls ?? [],
    formats: params.pattern === undefined ? [] : [params.pattern],
    parse: Object.fromEntries(Object.entries(parse).filter(([, value]) => value !== undefined)) as TextParse,
    onFailure: 'reject-row',
  };
}

function typeOf(kind: string, { precision = 0, scale = 0 }: Parameters): ColumnType {
  switch (kind) {
    case 'decimal':
      return { kind, precision, scale };
    case 'double':
      return { kind: 'float64' };
    case 'float':
      return { kind: 'float32' };
    case 'timestamp':
    case 'epoch':
      return { kind: 'timestamp', unit: 'micros', zone: 'utc' };
    case 'timestamp_ntz':
      return { kind: 'timestamp', unit: 'micros', zone: 'none' };
    default:
      return { kind } as ColumnType;
  }
}

function canonical({ o }: Line, { kind }: ColumnType): CanonicalValue {
  if (o === undefined) return null;
  // The fixture writes years above 9999 with a sign.
  if (kind === 'timestamp') return String(o).replace(/^\+/, '');
  return kind === 'binary' ? Buffer.from(String(o), 'hex').toString('base64') : String(o);
}
