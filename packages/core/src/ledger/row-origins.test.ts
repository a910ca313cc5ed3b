import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { Field } from '../columns/column-type.ts';
import { RowOrigins } from './row-origins.ts';

const fields: Field[] = ['_source_file', '_source_version'].map((name) => ({ name, type: { kind: 'string' }, required: false }));

function textColumn(values: readonly (string | null)[]): ColumnData {
  const parts = values.map((value) => new TextEncoder().encode(value ?? ''));
  const offsets = new Int32Array(values.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) if (value !== null) validity[index >> 3]! |= 1 << (index & 7);
  return { layout: 'offsets', offsets, bytes: Buffer.concat(parts), validity };
}

/** The same values, each distinct one stored once. */
function dictionaryColumn(values: readonly (string | null)[]): ColumnData {
  const distinct = [...new Set(values)];
  const { validity, ...plain } = textColumn(values);
  const indexes = Int32Array.from(values, (value) => distinct.indexOf(value));
  const stored = textColumn(distinct.map((value) => value ?? ''));
  return plain.layout === 'offsets' && validity ? { layout: 'dictionary', indexes, values: stored, validity } : plain;
}

type Row = [file: string | null, version: string | null];

function batchOf(rows: readonly Row[], column: (values: readonly (string | null)[]) => ColumnData) {
  return createColumnBatch({
    fields,
    columns: [column(rows.map(([file]) => file)), column(rows.map(([, version]) => version))],
    rows: rows.length,
  });
}

describe('RowOrigins', () => {
  it('counts rows by file and version, whatever order and layout they come in', () => {
    const name = fc.constantFrom('a', 'b', 'ü b', 'ab', '', null);
    const rows = fc.array(fc.tuple(name, name), { maxLength: 40 });
    const batches = fc.array(
      fc.record({ rows, kind: fc.constantFrom('accepted' as const, 'rejected' as const), isDictionary: fc.boolean() }),
    );
    fc.assert(
      fc.property(batches, (all) => {
        const origins = new RowOrigins();
        const expected = new Map<string, number>();
        let nameless = 0;
        for (const { rows: given, kind, isDictionary } of all) {
          origins.add(batchOf(given, isDictionary ? dictionaryColumn : textColumn), kind);
          for (const [file, version] of given) {
            if (file === null || version === null) nameless += 1;
            else
              expected.set(JSON.stringify([file, version, kind]), (expected.get(JSON.stringify([file, version, kind])) ?? 0) + 1);
          }
        }
        const found = [...origins].flatMap(({ uri, version, accepted, rejected }) =>
          Object.entries({ accepted, rejected }).flatMap(([kind, count]): [string, number][] =>
            count > 0 ? [[JSON.stringify([uri, version, kind]), count]] : [],
          ),
        );
        expect(new Map(found)).toEqual(expected);
        expect(origins.nameless).toBe(nameless);
      }),
    );
  });

  it('refuses columns that hold no text', () => {
    const numbers: ColumnData = { layout: 'fixed', width: 8, values: new Uint8Array(8) };
    const batch = createColumnBatch({ fields, columns: [numbers, numbers], rows: 1 });
    expect(() => new RowOrigins().add(batch, 'accepted')).toThrow(/laid out as "fixed"/);
  });
});
