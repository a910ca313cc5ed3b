import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poisonReleasedMemory } from '../columns/batch-memory.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import { createColumnBatch } from '../columns/column-batch.ts';
import { columnBuffers } from '../columns/column-buffers.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { readValue } from '../columns/read-value.ts';
import type { Json } from '../json/json.ts';
import { createProjector, type ProjectedRows } from './apply-projection.ts';
import type { ColumnRule, Projection } from './projection.ts';
import { cellsBatch, offsetsBatch, provenance, type Texts } from './text-batch.fixture.ts';

type TextRule = Extract<ColumnRule, { kind: 'text' }>;

const int64: ColumnType = { kind: 'int64' };

function text(name: string, type: ColumnType, rest: Partial<Omit<TextRule, 'target'>> & { required?: boolean } = {}): TextRule {
  const { required = false, ...rule } = rest;
  return {
    target: { name, type, required },
    kind: 'text',
    source: [name],
    trim: false,
    nulls: [],
    formats: [],
    onFailure: 'reject-row',
    ...rule,
  };
}

function project(rules: ColumnRule[], batch: ColumnBatch): ProjectedRows & { rows: Json[][] } {
  const projected = createProjector({ version: 1, rules, unknownFields: 'ignore' }).apply(batch, provenance);
  batch.release();
  const { accepted } = projected;
  const rows = Array.from({ length: accepted.rows }, (_, row) =>
    accepted.columns.map((column, index) => readValue(column, accepted.fields[index]!.type, row)),
  );
  return { ...projected, rows };
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

describe('rejected rows', () => {
  it('leave the others in order and carry code, position and bytes', () => {
    const { rows, rejected, accepted } = project(
      [text('id', int64), text('day', { kind: 'date' })],
      cellsBatch({ id: ['1', 'x', '3', '4'], day: ['2024-01-01', '2024-02-30', '2024-13-01', null] }),
    );
    expect(rows).toEqual([
      ['1', '2024-01-01'],
      ['4', null],
    ]);
    expect(accepted.byteOffsets).toEqual(Float64Array.of(7, 46));
    expect(rejected.map(({ raw, ...rest }) => ({ ...rest, raw: new TextDecoder().decode(raw) }))).toEqual([
      {
        position: { unit: '', byteOffset: 20, record: 2, line: 3 },
        codes: ['id:int64', 'day:date'],
        columns: ['id', 'day'],
        raw: 'x,2024-02-30',
        truncated: false,
      },
      {
        position: { unit: '', byteOffset: 33, record: 3, line: 4 },
        codes: ['day:date'],
        columns: ['day'],
        raw: '3,2024-13-01',
        truncated: false,
      },
    ]);
  });

  it.each([
    [{ kind: 'int32' }, 'int32'],
    [{ kind: 'int64' }, 'int64'],
    [{ kind: 'decimal', precision: 4, scale: 2 }, 'decimal'],
    [{ kind: 'float32' }, 'float'],
    [{ kind: 'float64' }, 'double'],
    [{ kind: 'boolean' }, 'boolean'],
    [{ kind: 'date' }, 'date'],
    [{ kind: 'timestamp', unit: 'micros', zone: 'utc' }, 'timestamp'],
    [{ kind: 'timestamp', unit: 'micros', zone: 'none' }, 'timestamp_ntz'],
  ] as const)('of %j have the code %s, and another one for long cells', (type, word) => {
    const long = ['1'.repeat(1_001), 'é'.repeat(1_001), 'é'.repeat(1_000), `${' '.repeat(2_000)}zz`];
    const { rejected } = project([text('c', type, { trim: true })], cellsBatch({ c: ['zz', ...long] }));
    expect(rejected.map((record) => record.codes)).toEqual([
      [`c:${word}`],
      ['c:too-long'],
      ['c:too-long'],
      [`c:${word}`],
      [`c:${word}`],
    ]);
  });

  it('name a null in a required column besides the bad value that caused it', () => {
    const rules = [text('a', int64, { required: true, nulls: ['-'] }), text('b', int64), text('c', int64, { required: true })];
    const { rejected, rows } = project(
      rules,
      offsetsBatch({ a: ['x', '-', null, '1'], b: ['y', '2', '3', '4'], c: ['1', '1', 'z', '5'] }),
    );
    expect(rows).toEqual([['1', '4', '5']]);
    expect(rejected.map(({ codes, columns }) => ({ codes, columns }))).toEqual([
      { codes: ['a:int64', 'a:null', 'b:int64'], columns: ['a', 'b'] },
      { codes: ['a:null'], columns: ['a'] },
      { codes: ['a:null', 'c:int64', 'c:null'], columns: ['a', 'c'] },
    ]);
  });

  it('keep at most 64 KiB of their bytes, and none where the batch has none', () => {
    const long = project([text('a', int64)], cellsBatch({ a: ['x'.repeat(70_000)] })).rejected[0]!;
    expect([long.raw.length, long.truncated]).toEqual([65_536, true]);
    const bare = project([text('a', int64)], offsetsBatch({ a: ['x'] })).rejected[0]!;
    expect([bare.raw.length, bare.truncated, bare.position]).toEqual([0, false, { unit: '', record: 1 }]);
  });

  it('and accepted rows are the rows of the input, in order, for any cells', () => {
    const cell = fc.option(
      fc.oneof(fc.integer().map(String), fc.constantFrom('', ' 7 ', 'x', '"1"', '1,5', '9'.repeat(20), 'true')),
      { freq: 5 },
    );
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(table, fc.constantFrom(cellsBatch, offsetsBatch), (rows, makeBatch) => {
        const numbers = rows.map((_, row) => String(row));
        const texts: Texts = { n: numbers, a: rows.map(([a]) => a), b: rows.map(([, b]) => b) };
        const rules = [
          text('n', int64),
          text('a', int64, { trim: true }),
          text('b', { kind: 'string' }),
          text('a', { kind: 'boolean' }, { onFailure: 'null' }),
        ];
        const { rows: accepted, rejected, nulled } = project(rules, makeBatch(texts));
        const bad = rejected.map(({ position }) => position.record! - 1);
        const good = accepted.map(([n]) => Number(n));
        expect([...good, ...bad].sort((x, y) => x - y)).toEqual(rows.map((_, row) => row));
        expect(good).toEqual(good.toSorted((x, y) => x - y));
        expect(bad).toEqual(bad.toSorted((x, y) => x - y));
        expect(accepted.map(([, , b]) => b)).toEqual(good.map((row) => rows[row]![1]));
        expect(nulled).toBe(good.filter((row) => rows[row]![0] !== null).length);
      }),
    );
  });
});

describe('policies', () => {
  it('null keeps the row and counts the value, unless the row goes for another reason', () => {
    const rules = [text('a', int64, { onFailure: 'null' }), text('b', int64)];
    const { rows, nulled, rejected } = project(rules, cellsBatch({ a: ['x', 'y', '3', null], b: ['1', 'z', '3', '4'] }));
    expect(rows).toEqual([
      [null, '1'],
      ['3', '3'],
      [null, '4'],
    ]);
    expect([nulled, rejected.length]).toEqual([1, 1]);
  });

  it('null cannot put a null into a required column', () => {
    const { rows, rejected, nulled } = project(
      [text('a', int64, { onFailure: 'null', required: true })],
      cellsBatch({ a: ['x', '1'] }),
    );
    expect(rows).toEqual([['1']]);
    expect([rejected[0]!.codes, nulled]).toEqual([['a:null'], 0]);
  });

  it.each(['fail-unit', 'fail-run'] as const)('%s throws with column, value and line', (onFailure) => {
    const error = caught(() => project([text('a', int64, { onFailure })], cellsBatch({ a: ['1', 'say "x"'] })));
    expect(error).toMatchObject({
      code: 'VALUE_REJECTED',
      recovery: { kind: 'fix-input' },
      context: {
        column: 'a',
        value: 'say "x"',
        line: 3,
        policy: onFailure,
        position: { unit: '', byteOffset: 4, record: 2, line: 3, column: 'a' },
      },
    });
    expect(String(error)).toContain('line 3');
  });

  it('fail-unit also stops at a null in a required column', () => {
    const error = caught(() =>
      project([text('a', int64, { onFailure: 'fail-unit', required: true })], offsetsBatch({ a: ['1', null] })),
    );
    expect(error).toMatchObject({ code: 'VALUE_REJECTED', context: { value: null, line: null, position: { record: 2 } } });
  });
});

describe('text rules', () => {
  it('trim, then take out null tokens, quoted or not', () => {
    const rules = [text('a', int64, { trim: true, nulls: ['', 'N/A'] }), text('b', { kind: 'string' }, { nulls: ['N/A'] })];
    const { rows } = project(rules, cellsBatch({ a: [' N/A\t', '\u0000 5\u001f', '  '], b: ['N/A', ' N/A', ''] }));
    expect(rows).toEqual([
      [null, null],
      ['5', ' N/A'],
      [null, ''],
    ]);
  });

  it('find their source by name, and read a missing one as null', () => {
    const rules = [text('renamed', int64, { source: ['b'] }), text('gone', int64), text('a', { kind: 'string' })];
    expect(project(rules, cellsBatch({ a: ['x', 'y'], b: ['1', '2'] })).rows).toEqual([
      ['1', null, 'x'],
      ['2', null, 'y'],
    ]);
    expect(project([text('gone', int64, { required: true })], cellsBatch({ a: ['x'] })).rejected[0]!.codes).toEqual([
      'gone:null',
    ]);
  });

  it('read tokens of their own as boolean, in lower case by Unicode', () => {
    const rule = text('a', { kind: 'boolean' }, { parse: { true: ['OK', 'ja'], false: ['nein', ''] } });
    const { rows, rejected } = project([rule], cellsBatch({ a: ['JA', 'o\u212a', '', 'Nein', 'true'] }));
    expect(rows.flat()).toEqual([true, true, false, false]);
    expect(rejected).toHaveLength(1);
  });

  it('unescape quoted cells of one column among plain ones, and use their memory again', () => {
    const projector = createProjector({ version: 1, rules: [text('a', { kind: 'string' })], unknownFields: 'ignore' });
    for (const values of [['"', 'plain', '"'.repeat(700)], ['x', '""y'], ['z']]) {
      const batch = cellsBatch({ a: values });
      const { accepted } = projector.apply(batch, provenance);
      batch.release();
      expect(values.map((_, row) => readValue(accepted.columns[0]!, { kind: 'string' }, row))).toEqual(values);
      accepted.release();
    }
  });
});

describe('other rules', () => {
  it('repeat constants and facts of the unit, and number the records', () => {
    const field = (name: string, type: ColumnType) => ({ name, type, required: true });
    const utc: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
    const rules: ColumnRule[] = [
      { target: field('n', { kind: 'decimal', precision: 4, scale: 2 }), kind: 'constant', value: 5 },
      { target: { name: 'nothing', type: { kind: 'uuid' }, required: false }, kind: 'constant', value: null },
      { target: field('file', { kind: 'string' }), kind: 'provenance', value: 'unit-uri' },
      { target: field('version', { kind: 'string' }), kind: 'provenance', value: 'unit-version' },
      { target: field('modified', utc), kind: 'provenance', value: 'unit-modified' },
      { target: field('run', { kind: 'string' }), kind: 'provenance', value: 'run-id' },
      { target: field('at', utc), kind: 'provenance', value: 'planned-at' },
      { target: field('record', int64), kind: 'provenance', value: 'record' },
      text('id', int64),
    ];
    const source = cellsBatch({ id: ['1', 'x', '3'] });
    const batch = createColumnBatch({ ...source, firstRecordInRange: 2 ** 33 });
    const { rows, accepted } = project(rules, batch);
    const facts = ['file:///data/orders.csv', 'v1', '2026-01-02T03:04:05.678901Z', 'run-1', '2026-02-03T04:05:06.000000Z'];
    expect(rows).toEqual([
      ['5.00', null, ...facts, '8589934593', '1'],
      ['5.00', null, ...facts, '8589934595', '3'],
    ]);
    expect(accepted.columns[2]!.layout).toBe('dictionary');
    expect(accepted.firstRecordInRange).toBe(2 ** 33);
  });

  it('copy typed columns, and refuse another type', () => {
    const rule = (type: ColumnType, required = false): ColumnRule => ({
      target: { name: 'b', type, required },
      kind: 'typed',
      source: ['a'],
      conversion: 'same',
      onFailure: 'reject-row',
    });
    expect(project([rule({ kind: 'string' })], cellsBatch({ a: ['say "x"', null] })).rows).toEqual([['say "x"'], [null]]);
    expect(project([rule({ kind: 'string' }, true)], cellsBatch({ a: ['x', null] })).rejected[0]!.codes).toEqual(['b:null']);
    expect(caught(() => project([rule(int64)], cellsBatch({ a: ['1'] })))).toMatchObject({ code: 'SCHEMA_TYPE_CONFLICT' });
  });
});

describe('the accepted batch', () => {
  it('has memory of its own, which is poisoned when it is released', () => {
    const { accepted, rows } = project(
      [text('a', int64), text('b', { kind: 'string' })],
      cellsBatch({ a: ['1', '2'], b: ['x', null] }),
    );
    expect(rows).toEqual([
      ['1', 'x'],
      ['2', null],
    ]);
    accepted.release();
    for (const buffer of accepted.columns.flatMap(columnBuffers)) {
      expect(new Set(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength))).toEqual(new Set([0xaa]));
    }
    expect(() => accepted.release()).toThrow(expect.objectContaining({ code: 'BATCH_RELEASED' }));
  });
});

describe('what is not yet available', () => {
  const target = { name: 'c', type: int64, required: false };
  const timestamp: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
  const refused: [string, ColumnRule][] = [
    ['"T"', text('c', timestamp, { formats: ['dd/MM/yyyyTHH'] })],
    ['Patterns', text('c', int64, { formats: ['yyyy'] })],
    ['time zone', text('c', timestamp, { parse: { zone: 'Mars/Olympus_Mons' } })],
    ['unknown', text('c', { kind: 'unknown' })],
    ['widen', { target, kind: 'typed', source: ['c'], conversion: 'widen', onFailure: 'reject-row' }],
    [
      'expression',
      { target, kind: 'expression', expression: { kind: 'literal', value: 1, type: int64 }, onFailure: 'reject-row' },
    ],
    ['pathKey', { target, kind: 'provenance', value: { pathKey: 'day' } }],
    ['record number', { target: { ...target, type: { kind: 'string' } }, kind: 'provenance', value: 'record' }],
    ['constant', { target, kind: 'constant', value: [1] }],
    ['constant', { target, kind: 'constant', value: 'x' }],
  ];

  it.each(refused)('%s is refused before any data is read, naming the column', (what, rule) => {
    const error = caught(() => createProjector({ version: 1, rules: [text('ok', int64), rule], unknownFields: 'ignore' }));
    expect(error).toMatchObject({ code: 'SPEC_INVALID', recovery: { kind: 'fix-input' }, context: { column: 'c' } });
    expect(String(error)).toContain('"c"');
    expect(String(error)).toContain(what);
  });

  it.each([{ filter: { kind: 'column', path: ['a'] } }, { unknownFields: 'reject-row' }] as Partial<Projection>[])(
    '%j of a projection is refused',
    (part) => {
      expect(caught(() => createProjector({ version: 1, rules: [], unknownFields: 'ignore', ...part }))).toMatchObject({
        code: 'SPEC_INVALID',
      });
    },
  );
});
