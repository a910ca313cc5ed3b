import type { Json } from '@calve/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDbReader, type PyIcebergReader, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { lines, NestedWorld } from './nested-world.ts';

type Canonical = null | string | Canonical[];

const text = fc.string({ maxLength: 8, unit: 'binary' }).map((value) => `t${value.toWellFormed()}`);
const integer = fc.maxSafeInteger();
const item = fc.record({ sku: text, quantity: integer, flags: fc.option(fc.array(fc.boolean(), { maxLength: 3 })) });
const record = fc.record({
  note: fc.option(text),
  customer: fc.option(
    fc.record({
      name: fc.option(text),
      address: fc.option(fc.record({ zip: integer, lines: fc.array(text, { maxLength: 3 }) })),
    }),
  ),
  items: fc.option(fc.array(fc.option(item), { maxLength: 4 })),
  matrix: fc.array(fc.array(integer, { maxLength: 3 }), { maxLength: 3 }),
});

/** What a reader answers for a JSON value of this structure: members by their order, texts for everything else. */
function canonical(value: Json): Canonical {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(canonical);
  return typeof value === 'object' ? Object.values(value).map((member) => canonical(member as Json)) : String(value);
}

/** Every member in the file in the same order, so that the table has it too; also where a file lacks some. */
const COLUMNS = ['id', 'note', 'customer', 'items', 'matrix'];

describe.runIf(requireTier('python'))('nested JSON Lines in an Iceberg table', () => {
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;

  beforeAll(async () => {
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
  });

  it('are the same values for PyIceberg and DuckDB, whatever is null or empty, also after the table took new members', async () => {
    const sampled = fc.sample(record, { seed: 7, numRuns: 400 }) as Record<string, Json>[];
    const complete: Record<string, Json> = {
      note: 't',
      customer: { name: 't', address: { zip: 1, lines: ['t'] } },
      items: [{ sku: 't', quantity: 1, flags: [true] }],
      matrix: [[1]],
    };
    const records = [complete, ...sampled].map((one, id): Record<string, Json> => ({ id, ...one }));
    const grown = records.slice(0, 50).map((one, id): Record<string, Json> => {
      const customer = one['customer'] as Record<string, Json> | null;
      return { ...one, id: 1_000 + id, customer: customer && { ...customer, since: '2026-01-05' } };
    });
    await using world = await NestedWorld.make({}, { 'a.jsonl': lines(...records) });
    expect((await world.run()).error).toBeNull();
    world.files['b.jsonl'] = lines(...grown);
    expect((await world.run()).error).toBeNull();

    const padded = (one: Record<string, Json>): Canonical => {
      const customer = one['customer'] as Record<string, Json> | null;
      return canonical(
        COLUMNS.map((name) =>
          name === 'customer' && customer ? { ...customer, since: customer['since'] ?? null } : (one[name] ?? null),
        ),
      );
    };
    const expected = [...records, ...grown].map(padded);
    const { metadataLocation } = await pyIceberg.describe(world.catalog, 'sales.orders');
    const seen = {
      pyIceberg: await pyIceberg.run(
        `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri=${JSON.stringify(world.catalog.uri)}, warehouse=${JSON.stringify(world.catalog.warehouse)}).load_table("sales.orders").scan().to_arrow()`,
      ),
      duckDb: await duckDb.query(`SELECT * FROM iceberg_scan('${metadataLocation.replace('file://', '')}')`),
    };
    // PyIceberg rebuilds lists of structs without their nulls (its note names https://github.com/apache/arrow/issues/38809): they come out empty.
    const nulls = records.filter((one) => one['items'] === null).length;
    console.log(`PyIceberg shows ${nulls} null lists of structs as empty ones; DuckDB proves that they are null`);
    const items = COLUMNS.indexOf('items');
    const asPyIceberg = (row: Canonical): Canonical =>
      (row as Canonical[]).map((value, at) => (at === items && value === null ? [] : value));
    for (const [reader, { schema, rows }] of Object.entries(seen)) {
      const wanted = reader === 'pyIceberg' ? expected.map(asPyIceberg) : [...expected];
      const places = COLUMNS.map((name) => schema.findIndex(([column]) => column === name));
      const found = (rows as Canonical[][]).map((row) => places.map((place) => row[place] as Canonical));
      const byId = (a: Canonical, b: Canonical): number => Number((a as string[])[0]) - Number((b as string[])[0]);
      expect(found.sort(byId), reader).toEqual(wanted.sort(byId));
    }
  });
});
