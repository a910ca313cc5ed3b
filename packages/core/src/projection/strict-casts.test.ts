import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poisonReleasedMemory } from '../columns/batch-memory.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { readValue } from '../columns/read-value.ts';
import { withoutWebAssembly } from '../columns/web-assembly.ts';
import type { Json } from '../json/json.ts';
import { createProjector } from './apply-projection.ts';
import { projectionKernels } from './compiled-kernels.ts';
import type { ColumnRule, SpecialNumber, TextParse } from './projection.ts';
import { cellsBatch, inArena, offsetsBatch, provenance, type Texts } from './text-batch.fixture.ts';

interface Parameters {
  precision?: number;
  scale?: number;
  exact?: boolean;
  special?: Record<string, SpecialNumber>;
  true?: string[];
  false?: string[];
  trim?: boolean;
  nulls?: string[];
  pattern?: string;
  zone?: string;
  unit?: string;
  encoding?: 'base64' | 'hex';
}

interface Line {
  kind: string;
  params?: Parameters;
  in: string;
  o?: Json;
  bad?: true;
  null?: true;
}

const units: Record<string, TextParse['unit'] & string> = { seconds: 's', millis: 'ms', micros: 'us' };

type Outcome = { o: Json } | 'bad' | 'null';

const lines = readFileSync(new URL('../../test/fixtures/strict-casts.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const everyText = [...new Set(lines.map((line) => line.in))];

/** Why a line is left out, or null when it runs. */
function deferral({ kind }: Line): string | null {
  return kind === 'int8' || kind === 'int16' ? `Iceberg has no type ${kind}` : null;
}

function typeOf({ kind, params = {} }: Line): ColumnType {
  switch (kind) {
    case 'decimal':
      return { kind, precision: params.precision!, scale: params.scale! };
    case 'double':
      return { kind: 'float64' };
    case 'float':
      return { kind: 'float32' };
    case 'timestamp':
    case 'epoch':
      return { kind: 'timestamp', unit: 'micros', zone: 'utc' };
    case 'timestamp_ntz':
      return { kind: 'timestamp', unit: 'micros', zone: 'none' };
    case 'int32':
    case 'int64':
    case 'boolean':
    case 'date':
    case 'binary':
    case 'string':
      return { kind };
    default:
      throw new Error(`no type for ${kind}`);
  }
}

function ruleOf(line: Line): ColumnRule {
  const { params = {} } = line;
  const parse: TextParse = {
    ...(params.exact ? { exact: true } : {}),
    ...(params.special ? { special: params.special } : {}),
    ...(params.zone ? { zone: params.zone } : {}),
    ...(params.unit ? { unit: units[params.unit]! } : {}),
    ...(params.encoding ? { encoding: params.encoding } : {}),
    ...(params.true ? { true: params.true } : {}),
    ...(params.false ? { false: params.false } : {}),
  };
  return {
    target: { name: 'c', type: typeOf(line), required: false },
    kind: 'text',
    source: ['c'],
    trim: params.trim ?? false,
    nulls: params.nulls ?? [],
    formats: params.pattern === undefined ? [] : [params.pattern],
    parse,
    onFailure: 'reject-row',
  };
}

/** The value as the file writes it: floating point as the bits that stand in the column, int32 as digits, bytes as hex, the rest as JSON. */
function valueText(column: ColumnData, type: ColumnType, row: number): Json {
  if (type.kind === 'int32') return String(readValue(column, type, row));
  if (type.kind === 'binary') return Buffer.from(readValue(column, type, row) as string, 'base64').toString('hex');
  if ((type.kind !== 'float64' && type.kind !== 'float32') || column.layout !== 'fixed') return readValue(column, type, row);
  const bytes = column.values.slice(row * column.width, (row + 1) * column.width).reverse();
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the projection makes of each text: its batch is released before anything of the result is read. */
function outcomes(rule: ColumnRule, texts: readonly string[], makeBatch: typeof cellsBatch): Outcome[] {
  const batch = makeBatch({ c: texts });
  const { accepted, rejected } = createProjector({ version: 1, rules: [rule], unknownFields: 'ignore' }).apply(batch, provenance);
  batch.release();
  const bad = new Map(rejected.map((record) => [record.position.record! - 1, record]));
  for (const record of bad.values()) expect(record.codes).toHaveLength(1);
  expect(accepted.rows + bad.size).toBe(texts.length);
  const column = accepted.columns[0]!;
  let row = 0;
  const result = texts.map((_, index): Outcome => {
    if (bad.has(index)) return 'bad';
    const isNull = readValue(column, rule.target.type, row) === null;
    const value = isNull ? 'null' : { o: valueText(column, rule.target.type, row) };
    row += 1;
    return value;
  });
  accepted.release();
  return result;
}

function expected({ o, bad, null: isNull }: Line): Outcome {
  return bad ? 'bad' : isNull ? 'null' : { o: o! };
}

const casts = Map.groupBy(
  lines.filter((line) => deferral(line) === null),
  (line) => `${line.kind} ${JSON.stringify(line.params ?? {})}`,
);

beforeAll(async () => {
  poisonReleasedMemory(true);
  await projectionKernels.open();
  expect(projectionKernels.current).not.toBeNull();
});
afterAll(() => poisonReleasedMemory(false));

type Outcomes = (rule: ColumnRule, texts: readonly string[], makeBatch: typeof cellsBatch) => Outcome[];

const plain: Outcomes = (...call) => withoutWebAssembly(() => outcomes(...call));
const compiled: Outcomes = (rule, texts, makeBatch) => outcomes(rule, texts, (columns: Texts) => inArena(makeBatch(columns)));

describe('the projection gives what Spark gave', () => {
  for (const [name, members] of casts) {
    it.each([
      ['cells, plain', cellsBatch, plain],
      ['cells, compiled', cellsBatch, compiled],
      ['offsets, plain', offsetsBatch, plain],
      ['offsets, compiled', offsetsBatch, compiled],
    ] as const)(`${name}, %s`, (_, makeBatch, outcomesOf) => {
      const rule = ruleOf(members[0]!);
      const made = outcomesOf(
        rule,
        members.map((line) => line.in),
        makeBatch,
      );
      const wrong = members.flatMap((line, index) => {
        const wanted = JSON.stringify(expected(line));
        const got = JSON.stringify(made[index]);
        return wanted === got ? [] : [{ in: line.in, wanted, got }];
      });
      expect(wrong).toEqual([]);
    });

    // A string is never bad, and what trimming or null tokens make of a text is only known where it is listed.
    if (members[0]!.kind === 'string') continue;
    it(`${name}: every other text of the file is bad`, () => {
      const known = new Set(members.map((line) => line.in));
      const others = everyText.filter((text) => !known.has(text));
      const made = compiled(ruleOf(members[0]!), others, cellsBatch);
      expect(plain(ruleOf(members[0]!), others, cellsBatch)).toEqual(made);
      expect(others.length).toBeGreaterThan(400);
      expect(others.filter((_, index) => made[index] !== 'bad')).toEqual([]);
    });
  }
});

describe('nothing is left out silently', () => {
  it('counts lines run and deferred per kind', () => {
    const table: Record<string, { run: number; deferred: Record<string, number> }> = {};
    for (const line of lines) {
      table[line.kind] ??= { run: 0, deferred: {} };
      const entry = table[line.kind]!;
      const reason = deferral(line);
      if (reason === null) entry.run += 1;
      else entry.deferred[reason] = (entry.deferred[reason] ?? 0) + 1;
    }
    const rows = Object.entries(table).map(([kind, { run, deferred }]) => {
      const reasons = Object.entries(deferred).map(([reason, count]) => `${count} (${reason})`);
      return `strict casts, ${kind}: ${run} lines run, deferred: ${reasons.join(', ') || 'none'}`;
    });
    console.log(rows.join('\n'));
    expect(table).toEqual({
      int8: { run: 0, deferred: { 'Iceberg has no type int8': 126 } },
      int16: { run: 0, deferred: { 'Iceberg has no type int16': 128 } },
      int32: { run: 220, deferred: {} },
      int64: { run: 160, deferred: {} },
      decimal: { run: 1784, deferred: {} },
      double: { run: 619, deferred: {} },
      float: { run: 578, deferred: {} },
      boolean: { run: 176, deferred: {} },
      date: { run: 2427, deferred: {} },
      timestamp: { run: 5691, deferred: {} },
      timestamp_ntz: { run: 781, deferred: {} },
      epoch: { run: 828, deferred: {} },
      binary: { run: 178, deferred: {} },
      string: { run: 196, deferred: {} },
    });
  });
});
