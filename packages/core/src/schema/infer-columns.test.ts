import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poisonReleasedMemory } from '../columns/batch-memory.ts';
import { createColumnBatch } from '../columns/column-batch.ts';
import { typeText } from '../columns/column-type.ts';
import { cellsBatch, offsetsBatch } from '../projection/text-batch.fixture.ts';
import { createColumnInference, decideColumnType } from './infer-columns.ts';
import { observe } from './observe-texts.fixture.ts';

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

function decide(texts: readonly (string | null)[], nulls: string[] = []) {
  const { type, ...rest } = decideColumnType(observe(texts, { nulls }).statistics!);
  return { type: typeText(type), ...rest };
}

describe('the type of a column', () => {
  it.each([
    [['true', 'FALSE', 'True'], 'boolean'],
    [['0', '-5', '9223372036854775807', '-9223372036854775808'], 'int64'],
    [['1', '9223372036854775808'], 'decimal(38,0)'],
    [['0', '0.5', '-12.50', '.5', '5.'], 'decimal(18,2)'],
    [['1234567890123456.25'], 'decimal(18,2)'],
    [['12345678901234567.25'], 'decimal(38,2)'],
    [['0.123456789012345678'], 'decimal(18,18)'],
    [['9'.repeat(38)], 'decimal(38,0)'],
    [['1', '2.5', '1e5', '-1E-7'], 'float64'],
    [['1.000000000000000000e+00', '3.141592653589793116e+00'], 'float64'],
    [['9007199254740992', '1e5'], 'float64'],
    [['2024-02-29', '0000-01-01'], 'date'],
    [['2024-01-01 10:00:00', '2024-01-01T10:00:00.123'], 'timestamp'],
    [['2024-01-01T10:00:00Z', '2024-01-01T10:00:00+02:00'], 'timestamp (UTC)'],
    [['2024-01-01T10:00:00Z', '2024-01-01T10:00:00'], 'timestamp (UTC)'],
  ])('of %j is %s, as every cell fits', (texts, type) => {
    expect(decide(texts)).toMatchObject({ type, misfits: null, reason: 'all' });
  });

  it.each([
    [['1', '007'], 'text-number', '007'],
    [['-01', '1'], 'text-number', '-01'],
    [['1', '+5'], 'text-number', '+5'],
    [['00.5'], 'text-number', '00.5'],
    [['+1e5'], 'text-number', '+1e5'],
    [['2024-01-01', '007'], 'text-number', '007'],
    [['1.5', 'NaN'], 'mixed', 'NaN'],
    [['1.5', 'Infinity'], 'mixed', 'Infinity'],
    [['1', '9'.repeat(39)], 'mixed', '9'.repeat(39)],
    [['1e5', '1e400'], 'mixed', '1e400'],
    [['1e5', '1e-400'], 'mixed', '1e-400'],
    [['1e5', '2e5', '9007199254740993'], 'mixed', '9007199254740993'],
    [['1e5', '2e5', '1.234567890123456789'], 'mixed', '1.234567890123456789'],
    [['2024-01-01', '2024-02-30'], 'mixed', '2024-02-30'],
    [['2024-01-01', '2024-01-02', '2024-01-01 10:00:00'], 'mixed', '2024-01-01 10:00:00'],
    [['2024-01-01T10:00:00', '2024-01-01T10:00:00', '2024-01-01T24:00:00'], 'mixed', '2024-01-01T24:00:00'],
    [['true', 'true', 'yes'], 'mixed', 'yes'],
    [['01/02/2024'], 'mixed', '01/02/2024'],
    [['1,5'], 'mixed', '1,5'],
    [[' 1'], 'mixed', ' 1'],
    [['Alice', 'Bob'], 'mixed', 'Alice'],
  ])('of %j is string (%s), and %s is the evidence', (texts, reason, value) => {
    const decision = decide(texts);
    expect(decision).toMatchObject({ type: 'string', misfits: null, reason });
    expect(decision.evidence.map((evidence) => evidence.value)).toContain(value);
  });

  it('is unknown without values; empty cells are values of a string only', () => {
    expect(decide([null, '', 'NULL'], ['NULL'])).toEqual({ type: 'unknown', evidence: [], misfits: null, reason: 'empty' });
    expect(decide(['', '5', '', null])).toMatchObject({ type: 'int64', reason: 'all' });
  });

  it('is the one that 99 % of at least 100 cells fit, the others being misfits', () => {
    const numbers = Array.from({ length: 198 }, (_, index) => `${index}`);
    const most = decide([...numbers.slice(0, 50), 'n/a', ...numbers.slice(50), '?']);
    expect(most).toMatchObject({
      type: 'int64',
      reason: 'most',
      misfits: { count: 2, first: { value: 'n/a', at: { record: 51, line: 52 } } },
    });
    expect(most.evidence).toMatchObject([{ excludes: { kind: 'boolean' }, value: '0' }]);
    expect(decide([...numbers, 'a', 'b', 'c'])).toMatchObject({ type: 'string', reason: 'mixed' });
    expect(decide([...numbers.slice(0, 99), 'a'])).toMatchObject({ type: 'int64', reason: 'most' });
    expect(decide([...numbers.slice(0, 98), 'a'])).toMatchObject({ type: 'string', reason: 'mixed' });
    expect(decide([...numbers, '007'])).toMatchObject({ type: 'string', reason: 'text-number' });
  });

  it('is never a double that would change an exact number, even for most cells', () => {
    const doubles = Array.from({ length: 300 }, () => '1e5');
    expect(decide([...doubles, '9007199254740993'])).toMatchObject({ type: 'string', reason: 'mixed' });
  });
});

describe('evidence', () => {
  it('names for every narrower type the first cell that does not fit it', () => {
    const { evidence } = decide(['1', '2.5', '3.25', '12345678901234567', '4.75']);
    expect(evidence.map(({ excludes, value, at }) => [typeText(excludes), value, at.line])).toEqual([
      ['boolean', '1', 2],
      ['int64', '2.5', 3],
      ['decimal(38,1)', '3.25', 4],
      ['decimal(18,2)', '12345678901234567', 5],
    ]);
  });

  it('of a type that most cells fit also names what ruled out a type that more cells fit', () => {
    const numbers = Array.from({ length: 150 }, (_, index) => `${index}`);
    expect(decide([...numbers, '1e5'])).toMatchObject({ type: 'float64', reason: 'all' });
    const decision = decide([...numbers, '1e5', '9007199254740993']);
    expect(decision).toMatchObject({ type: 'int64', reason: 'most', misfits: { count: 1, first: { value: '1e5' } } });
    expect(decision.evidence.at(-1)).toMatchObject({
      excludes: { kind: 'float64' },
      value: '9007199254740993',
      at: { line: 153 },
    });
  });

  it('carries the unit, the offset, the record, the line and the column', () => {
    const { evidence } = observe(['x', 'ok'], { unit: 'key-1' });
    expect(evidence[0]!.at).toEqual({ unit: 'key-1', byteOffset: 2, record: 1, line: 2, column: 'c' });
  });
});

describe('an inference', () => {
  it('looks at every text column of every batch, and leaves typed columns as they are', () => {
    const inference = createColumnInference({ nulls: ['-'] });
    const texts = offsetsBatch({ a: ['1', '-'], b: ['x', null] });
    const typed = { name: 't', type: { kind: 'int32' }, required: true } as const;
    const column = { layout: 'fixed', width: 4, values: new Uint8Array(8) } as const;
    const batch = createColumnBatch({ fields: [...texts.fields, typed], columns: [...texts.columns, column], rows: 2 });
    inference.add(batch);
    inference.add(batch);
    expect(inference.finish()).toMatchObject([
      { field: { name: 'a', type: { kind: 'int64' }, required: false }, statistics: { values: 2, nulls: 2, empty: 0 } },
      { field: { name: 'b', type: { kind: 'string' } }, statistics: { values: 2, nulls: 2, classes: { text: { count: 2 } } } },
      { field: typed, evidence: [] },
    ]);
  });

  it('needs no rows to tell the fields, and tells none without a batch', () => {
    const inference = createColumnInference({ nulls: [] });
    expect(inference.finish()).toEqual([]);
    inference.add(cellsBatch({ a: [], b: [] }));
    expect(inference.finish().map(({ field }) => [field.name, field.type.kind])).toEqual([
      ['a', 'unknown'],
      ['b', 'unknown'],
    ]);
  });

  it('keeps nothing of a batch that is released, and shows at most 200 characters', () => {
    const observed = observe([`"${'é'.repeat(300)}`, 'x']);
    expect(observed.statistics!.classes.text).toMatchObject({ count: 2, first: { value: `"${'é'.repeat(199)}` } });
  });
});
