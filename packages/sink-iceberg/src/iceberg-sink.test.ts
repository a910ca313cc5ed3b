import { describe, expect, it } from 'vitest';
import { icebergSink, sqliteCatalog } from './index.ts';

const sink = icebergSink({ catalog: sqliteCatalog('/lake/catalog.db'), warehouse: '/lake/warehouse' });
const issues = async (value: unknown): Promise<string[]> =>
  ((await sink.options['~standard'].validate(value)).issues ?? []).map((issue) => issue.message);

describe('icebergSink', () => {
  it('takes the options of a table', async () => {
    const value = {
      table: 'sales.orders',
      partitionBy: [
        { transform: 'day', column: 'ordered_at' },
        { transform: 'bucket', column: 'id', buckets: 16 },
      ],
      properties: { 'write.target-file-size-bytes': '1000000' },
    };
    expect(await sink.options['~standard'].validate(value)).toEqual({ value });
    expect(await issues({ table: 'sales.orders' })).toEqual([]);
  });

  it.each([
    [{}, /expected string/],
    [{ table: 'orders' }, /no namespace/],
    [{ table: 'a..b' }, /empty level/],
    [{ table: 'a.b/c' }, /"\/"/],
    [{ table: 'a.b', partition: [] }, /partition/],
    [{ table: 'a.b', partitionBy: [{ transform: 'decade', column: 'x' }] }, /./],
    [{ table: 'a.b', partitionBy: [{ transform: 'bucket', column: 'x' }] }, /expected number/],
    [{ table: 'a.b', partitionBy: [{ transform: 'day', column: '' }] }, /./],
    [{ table: 'a.b', properties: { x: 1 } }, /expected string/],
  ])('refuses %j', async (value, words) => {
    expect((await issues(value)).join('; ')).toMatch(words);
  });

  it('shows its options as JSON Schema', () => {
    expect(sink.options.jsonSchema).toMatchObject({
      type: 'object',
      required: ['table'],
      additionalProperties: false,
      properties: { partitionBy: { type: 'array' } },
    });
  });

  it('sets rejected rows aside in a table of their own, by day', async () => {
    const target = sink.quarantine({ table: 'sales.orders' });
    expect(target).toEqual({ table: 'sales.orders__rejected', partitionBy: [{ transform: 'day', column: '_ingested_at' }] });
    expect(await issues(target)).toEqual([]);
  });

  it.each(['', ' ', 's3://bucket/warehouse', '/a?b'])('refuses the warehouse "%s"', (warehouse) => {
    expect(() => icebergSink({ catalog: sqliteCatalog('/lake/catalog.db'), warehouse })).toThrow(
      expect.objectContaining({ recovery: { kind: 'fix-input' } }),
    );
  });
});
