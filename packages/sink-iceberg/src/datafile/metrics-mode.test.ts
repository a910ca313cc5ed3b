import type { ColumnType } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../spec/hex.ts';
import { metricsModes } from './metrics-mode.ts';
import { field, writerConfiguration, writeTable } from './testing/test-table.ts';

const string: ColumnType = { kind: 'string' };
const fields = [
  field(1, 'a', string),
  field(2, 's', { kind: 'struct', fields: [field(3, 'a', string)] }),
  field(4, 'b', { kind: 'int64' }),
];

describe('metrics modes', () => {
  it('are the usual ones when nobody says otherwise', () => {
    expect(metricsModes({}, fields)).toEqual({});
  });

  it('come from the table, by column and by path, or for all that are not named', () => {
    const properties = { 'write.metadata.metrics.default': 'counts', 'write.metadata.metrics.column.s.a': 'truncate(4)' };
    expect(metricsModes(properties, fields)).toEqual({ 1: 'counts', 2: 'counts', 3: 4, 4: 'counts' });
    expect(metricsModes({ 'write.metadata.metrics.max-inferred-column-defaults': '1' }, fields)).toEqual({
      2: 'none',
      3: 'none',
      4: 'none',
    });
    expect(metricsModes({ 'write.metadata.metrics.default': 'nonsense' }, fields)).toEqual({});
  });

  it.each([
    [undefined, 100],
    ['2', 2],
    ['100', 100],
    ['103', 103],
    ['200', 105],
    ['many', 100],
  ])('measure as many columns as the table says: %s', async (limit, measured) => {
    const table = Array.from({ length: 105 }, (_, at) => ({
      field: field(at + 1, `c${at}`, { kind: 'int64' }),
      values: [BigInt(at)],
    }));
    const all = table.map((column) => column.field);
    const properties = limit === undefined ? {} : { 'write.metadata.metrics.max-inferred-column-defaults': limit };
    const { files } = await writeTable(table, writerConfiguration(all, { metrics: metricsModes(properties, all) }));
    const { valueCounts, lowerBounds, upperBounds } = files[0]!;
    for (const metrics of [valueCounts, lowerBounds, upperBounds]) expect(Object.keys(metrics)).toHaveLength(measured);
  });

  it('decide what a data file says of its columns', async () => {
    const text = 'abcdefghijklmnopqrstuvwxyz';
    const table = [
      { field: fields[0]!, values: [text, null] },
      { field: fields[1]!, values: [{ a: text }, { a: 'z' }] },
      { field: fields[2]!, values: [1n, 2n] },
    ];
    const write = async (metrics: Record<string, 'none' | 'counts' | 'full' | number>) =>
      (await writeTable(table, writerConfiguration(fields, { metrics }))).files[0]!;
    const decoder = new TextDecoder();
    const usual = await write({});
    expect(decoder.decode(fromHex(usual.upperBounds[1]!))).toBe('abcdefghijklmnoq');
    const other = await write({ 1: 'full', 3: 2, 4: 'none' });
    expect(decoder.decode(fromHex(other.upperBounds[1]!))).toBe(text);
    expect(decoder.decode(fromHex(other.lowerBounds[3]!))).toBe('ab');
    expect(Object.keys(other.valueCounts)).toEqual(['1', '3']);
    const counted = await write({ 1: 'counts' });
    expect([counted.nullCounts[1], counted.lowerBounds[1]]).toEqual([1, undefined]);
  });
});
