import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poisonReleasedMemory } from '../columns/batch-memory.ts';
import { type ColumnType, sameType } from '../columns/column-type.ts';
import { createProjector } from '../projection/apply-projection.ts';
import { cellsBatch, provenance } from '../projection/text-batch.fixture.ts';
import type { GivenType } from './given-types.ts';
import { countMisfits, decideColumnType, mergeColumnStatistics } from './infer-columns.ts';
import { observe } from './observe-texts.fixture.ts';

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

const part = (min: number, max: number, width: number) =>
  fc.integer({ min, max }).map((number) => String(number).padStart(width, '0'));
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const whole = (most: number) =>
  fc.oneof(
    fc.constant('0'),
    fc.tuple(fc.constantFrom(...'123456789'), digits(0, most - 1)).map(([first, rest]) => first + rest),
  );
const sign = fc.constantFrom('', '-');

const boolean = fc.constantFrom('true', 'false', 'TRUE', 'False');
const integer = fc.tuple(sign, whole(19)).map(([minus, number]) => minus + number);
const small = fc.integer({ min: -999, max: 999 }).map(String);
const decimal = fc.tuple(sign, whole(20), digits(0, 22)).map(([minus, number, fraction]) => `${minus}${number}.${fraction}`);
const price = fc.tuple(small, digits(1, 3)).map(([number, fraction]) => `${number}.${fraction}`);
const double = fc
  .tuple(small, digits(1, 20), fc.integer({ min: -99, max: 99 }))
  .map(([number, fraction, power]) => `${number}.${fraction}e${power}`);
const date = fc.tuple(part(1, 9_999, 4), part(1, 12, 2), part(1, 28, 2)).map((parts) => parts.join('-'));
const time = fc.tuple(part(0, 23, 2), part(0, 59, 2), part(0, 59, 2)).map((parts) => parts.join(':'));
const timestamp = fc.tuple(date, fc.constantFrom(' ', 'T'), time).map((parts) => parts.join(''));
const zoned = fc.tuple(timestamp, fc.constantFrom('Z', '+02:00', '-11:30')).map((parts) => parts.join(''));
const textNumber = fc
  .tuple(
    fc.constantFrom('+', '0', '00', '-0'),
    fc.oneof(
      small.map((text) => text.replace('-', '')),
      price.map((text) => text.replace('-', '')),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((text) => /^(\+|-?0)[0-9]/.test(text));
const text = fc.constantFrom(
  'x',
  '"quoted"',
  '2024-02-30',
  'NaN',
  '1,5',
  '1.234,5',
  '1,234',
  '31/12/2023',
  '01/02/2024',
  '1.2.24',
  '12:30',
  '-',
  '1e999',
  '9'.repeat(45),
);

const anything = fc.oneof(boolean, integer, small, decimal, price, double, date, timestamp, zoned, textNumber, text);
/** Cells that fit one type more often than not. */
const uniform = fc.constantFrom(
  boolean,
  integer,
  small,
  fc.oneof(small, price),
  fc.oneof(integer, decimal),
  fc.oneof(small, price, double),
  date,
  timestamp,
  fc.oneof(timestamp, zoned),
);

describe('evidence', () => {
  it('is the value that decided: one more cell that changes the type is named, with its line', () => {
    let changed = 0;
    const column = uniform.chain((cell) => fc.array(cell, { minLength: 1, maxLength: 8 }));
    // Long columns have few distinct cells, so that single ones decide.
    const long = uniform.chain((cell) => fc.tuple(cell, cell)).map(([often, once]) => [...Array(110).fill(often), once]);
    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: column }, { weight: 1, arbitrary: long }),
        anything,
        fc.nat(),
        (cells, added, place) => {
          const without = decideColumnType(observe(cells).statistics);
          if (without.reason !== 'all') return;
          const row = place % (cells.length + 1);
          const { type, evidence } = decideColumnType(observe(cells.toSpliced(row, 0, added)).statistics);
          if (sameType(type, without.type)) return;
          changed += 1;
          expect(evidence.map(({ value, at }) => `${value} in line ${at.line}`)).toContain(`${added} in line ${row + 2}`);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(changed).toBeGreaterThan(1_000);
  });
});

describe('misfits', () => {
  const types: ColumnType[] = [
    { kind: 'boolean' },
    { kind: 'int64' },
    { kind: 'float64' },
    { kind: 'date' },
    { kind: 'timestamp', unit: 'micros', zone: 'none' },
    { kind: 'timestamp', unit: 'micros', zone: 'utc' },
    { kind: 'string' },
    ...[0, 2, 18].map((scale): ColumnType => ({ kind: 'decimal', precision: 18, scale })),
    ...[0, 5, 22, 38].map((scale): ColumnType => ({ kind: 'decimal', precision: 38, scale })),
  ];

  function rejected(cells: readonly string[], type: ColumnType): { count: number; first: string | null } {
    const target = { name: 'c', type, required: false };
    const parse = type.kind === 'decimal' ? { parse: { exact: true } } : {};
    const rule = {
      target,
      kind: 'text',
      source: ['c'],
      trim: false,
      nulls: [''],
      formats: [],
      onFailure: 'reject-row',
      ...parse,
    } as const;
    const batch = cellsBatch({ c: cells });
    const projected = createProjector({
      version: 1,
      rules: [{ ...rule, nulls: [...rule.nulls], formats: [] }],
      unknownFields: 'ignore',
    }).apply(batch, provenance);
    batch.release();
    const record = projected.rejected[0]?.position.record;
    return { count: projected.rejected.length, first: record === undefined ? null : cells[record - 1]! };
  }

  it('are exactly the cells that the projection rejects, and the first of them', () => {
    // Left out: numbers of more than 38 digits, the one case that is estimated here.
    const cell = fc.oneof(
      anything.filter((value) => value.replace(/[^0-9]/g, '').length <= 38),
      fc.constant(''),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 30 }), (cells) => {
        const { statistics } = observe(cells);
        for (const type of types) {
          const { count, first } = countMisfits(statistics, type);
          expect({ type, count, first: first?.value ?? null }).toEqual({ type, ...rejected(cells, type) });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of an inferred type are its misfits; without them every cell fits', () => {
    const column = fc.array(fc.oneof({ weight: 60, arbitrary: small }, { weight: 1, arbitrary: anything }), {
      minLength: 100,
      maxLength: 140,
    });
    fc.assert(
      fc.property(column, (cells) => {
        const { statistics } = observe(cells);
        const { type, misfits } = decideColumnType(statistics);
        expect(countMisfits(statistics, type).count).toBe(misfits?.count ?? 0);
      }),
      { numRuns: 200 },
    );
  });

  it('are there exactly when a column whose type is given does not fit', () => {
    const given: GivenType[] = [...types, { kind: 'int32' } as const, { kind: 'float32' } as const, { kind: 'uuid' } as const]
      .concat([{ kind: 'time', unit: 'micros' } as ColumnType, { kind: 'binary' }, { kind: 'decimal', precision: 12, scale: 2 }])
      .flatMap((type) => [true, false].map((exact) => ({ type, exact })));
    let fitting = 0;
    // Long enough for compiled code, too.
    const columns = fc.oneof(
      fc.oneof(uniform, fc.constant(text)).chain((cell) => fc.array(cell, { maxLength: 4 })),
      fc
        .tuple(
          fc.array(
            uniform.chain((cell) => cell),
            { minLength: 1, maxLength: 3 },
          ),
          fc.integer({ min: 30, max: 60 }),
        )
        .map(([cells, times]) => Array(times).fill(cells).flat()),
    );
    fc.assert(
      fc.property(columns, (cells: string[]) => {
        const { statistics } = observe(cells);
        for (const type of given) {
          const { fits, statistics: none } = observe(cells, { given: new Map([['c', [type]]]) });
          expect(none).toBeUndefined();
          expect({ type, fits }).toEqual({ type, fits: countMisfits(statistics, type.type, type).count === 0 });
          if (fits) fitting += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(fitting).toBeGreaterThan(200);
  });

  it('are the highest possible number when the shapes are not known', () => {
    const { shapes: _, ...statistics } = observe(['1', '2.5', '007', 'x']).statistics;
    expect(countMisfits(statistics, { kind: 'decimal', precision: 18, scale: 2 }).count).toBe(4);
    expect(countMisfits(statistics, { kind: 'float64' }).count).toBe(1);
  });

  it('of types that are not inferred are estimated as documented', () => {
    const { statistics } = observe(['1', '999999999', '1234567890', '12345678901', '1.567', '1e5', 'x']);
    const count = (type: ColumnType, exact = true) => countMisfits(statistics, type, { exact }).count;
    expect(count({ kind: 'int32' })).toBe(5);
    expect(count({ kind: 'float32' })).toBe(1);
    expect(count({ kind: 'decimal', precision: 12, scale: 2 })).toBe(4);
    expect(count({ kind: 'decimal', precision: 12, scale: 2 }, false)).toBe(2);
    expect(count({ kind: 'uuid' })).toBe(6);
    expect(count({ kind: 'time' })).toBe(6);
    expect(count({ kind: 'binary' })).toBe(0);
    expect(count({ kind: 'unknown' })).toBe(7);
  });
});

describe('merging', () => {
  it('gives the statistics of all cells, and the first examples', () => {
    const cells = fc.array(fc.option(fc.oneof(anything, fc.constant('')), { freq: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const merged = mergeColumnStatistics(observe(a).statistics, observe(b).statistics);
        // Positions of the second part differ, since it is a file of its own here.
        const known = JSON.stringify(observe([...a, ...b]).statistics, (key, value) => (key === 'at' ? undefined : value));
        expect(JSON.parse(JSON.stringify(merged, (key, value) => (key === 'at' ? undefined : value)))).toEqual(JSON.parse(known));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves both sides as they were', () => {
    const a = observe(['1', '2.5']).statistics;
    const b = observe(['3', '4.125', 'x']).statistics;
    const before = JSON.stringify([a, b]);
    expect(mergeColumnStatistics(a, b).classes).toMatchObject({ int64: { count: 2 }, decimal: { count: 2 }, text: { count: 1 } });
    expect(JSON.stringify([a, b])).toBe(before);
  });
});
