import { describe, expect, it } from 'vitest';
import type { PartitionValue } from '../datafile/data-file.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import { summarizePartitions } from './field-summaries.ts';

const hex = (bytes: Uint8Array | null | undefined): string | null => (bytes ? Buffer.from(bytes).toString('hex') : null);

describe('summarizePartitions', () => {
  const cases: [
    what: string,
    type: PrimitiveColumnType,
    values: PartitionValue[],
    containsNull: boolean,
    containsNan: boolean,
    lower: string | null,
    upper: string | null,
  ][] = [
    ['numbers by value', { kind: 'int32' }, [10, -2, 9], false, false, 'feffffff', '0a000000'],
    [
      'longs beyond a double',
      { kind: 'int64' },
      ['9007199254740993', '9007199254740992'],
      false,
      false,
      '0000000000002000',
      '0100000000002000',
    ],
    [
      'decimals by value, not by text',
      { kind: 'decimal', precision: 9, scale: 2 },
      ['-129', '255', '9'],
      false,
      false,
      'ff7f',
      '00ff',
    ],
    ['text by code point, not by UTF-16 unit', { kind: 'string' }, ['\u{1F600}', '\uFF5E'], false, false, 'efbd9e', 'f09f9880'],
    ['negative zero before positive zero', { kind: 'float64' }, [0, -0], false, false, '0000000000000080', '0000000000000000'],
    ['NaN apart', { kind: 'float64' }, ['NaN', 1, '-Infinity'], false, true, '000000000000f0ff', '000000000000f03f'],
    ['null apart', { kind: 'binary' }, ['ff', null, '00'], true, false, '00', 'ff'],
    ['no value at all', { kind: 'boolean' }, [null], true, false, null, null],
  ];
  it.each(cases)('orders %s', (_what, type, values, containsNull, containsNan, lower, upper) => {
    const [summary] = summarizePartitions(
      values.map((value) => [value]),
      [type],
    );
    expect([summary?.containsNull, summary?.containsNan, hex(summary?.lowerBound), hex(summary?.upperBound)]).toEqual([
      containsNull,
      containsNan,
      lower,
      upper,
    ]);
  });

  it('gives none for a table that is not partitioned', () => {
    expect(summarizePartitions([[], []], [])).toEqual([]);
  });
});
