import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnType, typeText } from '../columns/column-type.ts';
import { readValue } from '../columns/read-value.ts';
import type { Json } from '../json/json.ts';
import { createProjector } from '../projection/apply-projection.ts';
import { cellsBatch, provenance } from '../projection/text-batch.fixture.ts';
import { codesOf, columnsOf, found, patched, resolve } from './column-cases.fixture.ts';
import { findReadings, type Reading } from './find-readings.ts';
import { mergeColumnStatistics } from './infer-columns.ts';
import { observe } from './observe-texts.fixture.ts';
import { numberStyles } from './written-number.ts';

function readings(texts: readonly (string | null)[]): Reading[] {
  return findReadings(observe(texts).statistics);
}

const summary = (found: readonly Reading[]): string[] => found.map(({ written, spec }) => `${written}: ${typeText(spec.type)}`);

/** The values that a declared column gives; rejected rows are left out. */
function read(texts: readonly string[], { spec }: Reading): Json[] {
  const { type, formats = [], parse } = spec;
  const rule = {
    target: { name: 'c', type, required: false },
    kind: 'text' as const,
    source: ['c'],
    trim: false,
    nulls: [],
    formats,
  };
  const { accepted } = createProjector({
    version: 1,
    rules: [{ ...rule, ...(parse ? { parse } : {}), onFailure: 'reject-row' }],
    unknownFields: 'ignore',
  }).apply(cellsBatch({ c: texts }), provenance);
  return Array.from({ length: accepted.rows }, (_, row) => readValue(accepted.columns[0]!, type, row));
}

describe('what would read every value of a text column', () => {
  it.each([
    [['31/12/2023', '01/02/2024'], ['dd/MM/yyyy: date']],
    [['12/31/2023', '01/02/2024', null, ''], ['MM/dd/yyyy: date']],
    [
      ['01/02/2024', '03/04/2024'],
      ['dd/MM/yyyy: date', 'MM/dd/yyyy: date'],
    ],
    [['31/12/2023', '12/31/2023'], []],
    [['5.1.2024', '15.10.2024'], ['d.M.yyyy: date']],
    [['31-Dec-2023', '01-JAN-2024'], ['dd-MMM-yyyy: date']],
    [['31 Dec 23'], ['dd MMM yy: date']],
    [['2024/01/31'], ['yyyy/MM/dd: date']],
    [['2024-1-31', '2024-12-01'], ['yyyy-M-d: date']],
    [['31.12.2023 23:59', '01.01.2024 00:00'], ['dd.MM.yyyy HH:mm: timestamp']],
    [['31.12.2023 9:05:07', '01.01.2024 10:00:00'], ['d.M.yyyy H:mm:ss: timestamp']],
    [['2024-01-31 10:15'], ['yyyy-MM-dd HH:mm: timestamp']],
    [['2024/01/31T10:15:00.5'], ["yyyy/MM/dd'T'HH:mm:ss.SSSSSSSSS: timestamp"]],
    [['12/31/2023 11:59:59 PM', '01/15/2024 1:00:00 am'], ['M/d/yyyy h:mm:ss a: timestamp']],
    [['13.05.2024', '2024-05-04'], ['dd.MM.yyyy or yyyy-MM-dd: date']],
    [['3.5.2024', '31.12.2023', '2024-05-04'], ['d.M.yyyy or yyyy-M-d: date']],
    [
      ['03/05/2024', '2024-05-04'],
      ['MM/dd/yyyy or yyyy-MM-dd: date', 'dd/MM/yyyy or yyyy-MM-dd: date'],
    ],
    [['03.05.2024', '2024-05-04', '5/6/24'], []],
    [['03.05.2024', '2024-05-04 10:00'], []],
    [['2024-01-02 03:04:05+00', '2024-01-02 03:04:05-0530'], ['yyyy-MM-dd HH:mm:ss[.SSSSSSSSS]x: timestamp (UTC)']],
    [['2024-01-02 03:04:05.123456+00', '2024-01-02 03:04:05+02'], ['yyyy-MM-dd HH:mm:ss[.SSSSSSSSS]x: timestamp (UTC)']],
    [['2024-01-02 03:04:05+19', '2024-01-02 03:04:05+0'], []],
    [['2024-01-02 03:04+00'], []],
    [['31.02.2024'], []],
    [['31.12.2023', 'unknown'], []],
    [['31.12.2023 24:00'], []],
    [['1.234,50', '7', '12,5'], ['1.234,5: decimal(18,2)']],
    [['1234,50', '7'], ['1234,5: decimal(18,2)']],
    [['1.234,50', '1.234', '-2.000.000,1'], ['1.234,5: decimal(18,2)']],
    [['1.234,50', '1.5'], []],
    [['1,234.50', '1.5', '1000'], ['1,234.5: decimal(18,2)']],
    [
      ['1,234', '5,678'],
      ['1234,5: decimal(18,3)', '1,234.5: int64'],
    ],
    [['1,234', '5,678,901'], ['1,234.5: int64']],
    [['1.234.567'], ['1.234,5: int64']],
    [["1'234.50"], ["1'234.5: decimal(18,2)"]],
    [['1\u00a0234,50', '12\u00a0345'], ['1\u00a0234,5: decimal(18,2)']],
    [['1 234.5', '2'], ['1 234.5: decimal(18,1)']],
    [['12.34,5'], []],
    [['0,5', '007'], []],
    [['1,234.50', '1.234,50'], []],
    [['12345678901234567890,5'], ['1234,5: decimal(38,1)']],
    [['12', '13.5'], []],
    [['a', 'b'], []],
    [[null, ''], []],
  ])('%j: %j', (texts, expected) => {
    const found = readings(texts);
    expect(summary(found)).toEqual(expected);
    const values = texts.filter((text): text is string => text !== null && text !== '');
    for (const reading of found) expect(read(values, reading)).toHaveLength(values.length);
  });

  it('does what it says, for any date written by a pattern, also over several files', () => {
    const date = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true });
    const pad = (value: number): string => String(value).padStart(2, '0');
    const write: Record<string, (at: Date) => string> = {
      'dd/MM/yyyy': (at) => `${pad(at.getUTCDate())}/${pad(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`,
      'MM/dd/yyyy': (at) => `${pad(at.getUTCMonth() + 1)}/${pad(at.getUTCDate())}/${at.getUTCFullYear()}`,
      'd.M.yyyy': (at) => `${at.getUTCDate()}.${at.getUTCMonth() + 1}.${at.getUTCFullYear()}`,
      'yyyy-M-d': (at) => `${at.getUTCFullYear()}-${at.getUTCMonth() + 1}-${at.getUTCDate()}`,
      'dd-MM-yyyy HH:mm': (at) => `${write['dd/MM/yyyy']!(at).replaceAll('/', '-')} ${at.toISOString().slice(11, 16)}`,
    };
    const dates = fc.array(date, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(write)), dates, dates, (pattern, left, right) => {
        const [a, b] = [left, right].map((dates) => dates.map(write[pattern]!)) as [string[], string[]];
        const merged = mergeColumnStatistics(observe(a).statistics, observe(b).statistics);
        const found = findReadings(merged);
        const iso = (at: Date): string =>
          pattern.includes('HH') ? `${at.toISOString().slice(0, 16)}:00.000000` : at.toISOString().slice(0, 10);
        const texts = [...a, ...b];
        // Where every value is an ISO date there is nothing to declare.
        if (merged.classes.text === undefined) return;
        const given = found.map((reading) => read(texts, reading));
        for (const values of given) expect(values).toHaveLength(texts.length);
        expect(given).toContainEqual([...left, ...right].map(iso));
      }),
    );
  });

  it('does what it says, for any amount in any style', () => {
    const amount = fc.tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(fc.constantFrom(...numberStyles), fc.array(amount, { minLength: 1, maxLength: 12 }), (style, amounts) => {
        const texts = amounts.map(([whole, cents]) => {
          const digits = whole.toString();
          const grouped = style.group === null ? digits : digits.replace(/\B(?=(\d{3})+$)/g, style.group);
          return `${grouped}${style.decimal}${String(cents).padStart(2, '0')}`;
        });
        const found = readings(texts);
        const exact = amounts.map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
        if (texts.every((text) => /^-?\d+\.\d+$/.test(text))) {
          expect(found).toEqual([]);
          return;
        }
        const given = found.map((reading) => read(texts, reading));
        for (const values of given) expect(values).toHaveLength(texts.length);
        expect(given).toContainEqual(exact);
      }),
    );
  });

  it('is the same whatever the order of files', () => {
    const text = fc.constantFrom('1.234,5', '1.234', '7', '31.12.2023', '1,5', 'x', '2024-01-01', '01/02/2024', '1.234.567');
    const texts = fc.array(text, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [left, right] = [observe(a).statistics, observe(b).statistics];
        const together = summary(readings([...a, ...b]));
        expect(summary(findReadings(mergeColumnStatistics(left, right)))).toEqual(together);
        expect(summary(findReadings(mergeColumnStatistics(right, left)))).toEqual(together);
      }),
    );
  });
});

describe('the finding about it', () => {
  const days = { files: { 'a.csv': { day: ['31/12/2023', '01/02/2024'] } } };

  it('guesses nothing, and its patch declares the column', () => {
    const answer = resolve(days);
    expect(columnsOf(answer)).toEqual(['day: string (inferred)']);
    const finding = found(answer, 'SCHEMA_FORMAT_UNDECLARED');
    expect(finding.message).toBe(
      'Column "day" is text, since nobody declared how its values are written: all 2 would be date when read as dd/MM/yyyy, the first is "31/12/2023" in a.csv line 2. A table keeps it as text for good, so declare it before the first run.',
    );
    const after = resolve(patched(days, finding));
    expect(columnsOf(after)).toEqual(['day: date (declared)']);
    expect(codesOf(after)).toEqual([]);
  });

  it('offers both where both are right, and says that only a person can tell', () => {
    const finding = found(resolve({ files: { 'a.csv': { day: ['01/02/2024'] } } }), 'SCHEMA_FORMAT_UNDECLARED');
    expect(finding.message).toContain(
      'all 1 would be date when read as dd/MM/yyyy, and also date when read as MM/dd/yyyy, so that only you can tell which is right, the first is "01/02/2024"',
    );
    expect(finding.fixes?.map(({ title }) => title)).toEqual(['Read "day" as dd/MM/yyyy', 'Read "day" as MM/dd/yyyy']);
  });

  it('keeps what the spec says of the column already', () => {
    const given = { files: { 'a.csv': { amount: ['1.234,50', '7'] } }, declared: { amount: { onFailure: 'null' as const } } };
    const after = patched(given, found(resolve(given), 'SCHEMA_FORMAT_UNDECLARED'));
    expect(after.declared).toEqual({
      amount: {
        onFailure: 'null',
        type: { kind: 'decimal', precision: 18, scale: 2 },
        parse: { decimal: ',', group: '.' },
      },
    });
    expect(codesOf(resolve(after))).toEqual([]);
  });

  it('comes with the values that a declared type does not fit', () => {
    const given = { ...days, declared: { day: { type: { kind: 'date' } as ColumnType } } };
    const finding = found(resolve(given), 'SCHEMA_VALUES_REFUTED');
    expect(finding.fixes?.[0]?.title).toBe('Read "day" as dd/MM/yyyy');
    const after = resolve(patched(given, finding));
    expect([columnsOf(after), codesOf(after)]).toEqual([['day: date (declared)'], []]);
  });

  it('comes with a file that waits because a column of the table has another type', () => {
    const given = {
      files: { 'a.csv': { amount: ['1.234,50', '2,00'] } },
      table: { amount: { kind: 'decimal', precision: 12, scale: 2 } as const },
    };
    const finding = found(resolve(given), 'SCHEMA_TYPE_CONFLICT');
    expect(finding.fixes?.[0]).toEqual({
      title: 'Read "amount" as 1.234,5',
      specPatch: [
        {
          op: 'add',
          path: '/outputs/0/columns/amount',
          value: { type: given.table.amount, parse: { decimal: ',', group: '.' } },
        },
      ],
    });
    const after = resolve(patched(given, finding));
    expect([after.held.size, codesOf(after), after.columns[0]?.field.type]).toEqual([0, [], given.table.amount]);
  });

  it('comes with the few values that an inferred type does not fit', () => {
    const given = {
      files: { 'a.csv': { amount: [...Array.from({ length: 200 }, (_, index) => String(index + 1)), '1.234,5'] } },
    };
    const finding = found(resolve(given), 'SCHEMA_VALUES_REFUTED');
    expect(finding.fixes?.[0]?.title).toBe('Read "amount" as 1.234,5');
    expect(codesOf(resolve(patched(given, finding)))).toEqual([]);
  });
});
