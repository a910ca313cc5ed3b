import { describe, expect, it } from 'vitest';
import { BatchMemory } from './batch-memory.ts';
import { fromMessage, toMessage } from './batch-message.ts';
import { type ColumnBatchParts, createColumnBatch } from './column-batch.ts';
import type { ColumnData } from './column-data.ts';
import type { ColumnType, Field } from './column-type.ts';
import { readValue } from './read-value.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const field = (name: string, type: ColumnType): Field => ({ name, type, required: false });
const string: ColumnType = { kind: 'string' };
const source = bytes('xx"a ""b"yy');
const text: ColumnData = { layout: 'offsets', offsets: Int32Array.of(0, 1, 3), bytes: bytes('abc') };

/** One column per layout, two rows each, some with nulls. */
const layouts: [string, ColumnType, ColumnData][] = [
  ['bits', { kind: 'boolean' }, { layout: 'fixed', width: 0, values: Uint8Array.of(0b01) }],
  [
    'fixed width',
    { kind: 'int64' },
    { layout: 'fixed', width: 8, values: new Uint8Array(new BigInt64Array([1n, -2n]).buffer), validity: Uint8Array.of(0b10) },
  ],
  ['offsets', string, text],
  [
    'cells',
    string,
    {
      layout: 'cells',
      source,
      starts: Uint32Array.of(0, 3),
      ends: Uint32Array.of(2, 8),
      quoted: Uint8Array.of(0, 2),
      escaping: 'doubled-quote',
      escape: 0x22,
    },
  ],
  ['dictionary', string, { layout: 'dictionary', indexes: Int32Array.of(1, 1), values: text, validity: Uint8Array.of(0b01) }],
  [
    'struct',
    { kind: 'struct', fields: [field('x', string)] },
    { layout: 'struct', children: [text], validity: Uint8Array.of(0b11) },
  ],
  [
    'list',
    { kind: 'list', element: field('element', string) },
    { layout: 'list', offsets: Int32Array.of(0, 2, 2), element: text },
  ],
];

function valuesOf({ fields, columns, rows }: Pick<ColumnBatchParts, 'fields' | 'columns' | 'rows'>) {
  return columns.map((column, index) => Array.from({ length: rows }, (_, row) => readValue(column, fields[index]!.type, row)));
}

const parts: ColumnBatchParts = {
  fields: layouts.map(([name, type]) => field(name, type)),
  columns: layouts.map(([, , column]) => column),
  rows: 2,
  firstRecordInRange: 7,
  byteOffsets: Float64Array.of(0, 5),
  records: { source, starts: Uint32Array.of(0, 3), ends: Uint32Array.of(2, 8), lines: Float64Array.of(1, 2) },
};

describe('a batch that travels to another thread', () => {
  it.each(layouts)('arrives as it was: %s', (name, type, column) => {
    const batch = createColumnBatch({ fields: [field(name, type)], columns: [column], rows: 2 });
    const { message, transfer } = toMessage(batch);
    const arrived = fromMessage(structuredClone(message, { transfer }));
    expect(arrived).toMatchObject({ fields: batch.fields, columns: batch.columns, rows: 2, firstRecordInRange: 0 });
    expect(valuesOf(arrived)).toEqual(valuesOf(batch));
    expect(valuesOf(arrived)[0]).not.toEqual([null, null]);
    arrived.release();
  });

  it('takes the bytes and places of its records along', () => {
    const { message, transfer } = toMessage(createColumnBatch(parts));
    const arrived = fromMessage(structuredClone(message, { transfer }));
    const { byteOffsets, records, firstRecordInRange } = parts;
    expect(arrived).toMatchObject({ byteOffsets, records, firstRecordInRange });
    expect(valuesOf(arrived)).toEqual(valuesOf(parts));
  });

  it('leaves all of its buffers to the other thread, and none of the batch that was sent', () => {
    const batch = createColumnBatch(parts);
    const { message, transfer } = toMessage(batch);
    structuredClone(message, { transfer });
    const sent = buffersIn(message);
    expect(sent.length).toBeGreaterThan(10);
    for (const buffer of sent) expect(buffer.detached).toBe(true);
    for (const buffer of buffersIn(parts)) expect(buffer.detached).toBe(false);
    expect(valuesOf(batch)).toEqual(valuesOf(parts));
    batch.release();
  });

  it('copies a buffer that several columns share once', () => {
    const shared: ColumnData = { ...(layouts[3]![2] as Extract<ColumnData, { layout: 'cells' }>) };
    const fields = ['a', 'b', 'c'].map((name) => field(name, string));
    const { transfer } = toMessage(createColumnBatch({ fields, columns: [shared, shared, shared], rows: 2 }));
    expect(transfer.filter(({ byteLength }) => byteLength === source.length)).toHaveLength(1);
  });

  it('never takes the pool of a Node buffer along', () => {
    const pooled = Buffer.from('ab');
    const column: ColumnData = { layout: 'offsets', offsets: Int32Array.of(0, 1, 2), bytes: pooled };
    const { message, transfer } = toMessage(createColumnBatch({ fields: [field('c', string)], columns: [column], rows: 2 }));
    expect(transfer).not.toContain(pooled.buffer);
    structuredClone(message, { transfer });
    expect(pooled.toString()).toBe('ab');
  });

  it('cannot leave after its release', () => {
    const memory = new BatchMemory([]);
    const batch = createColumnBatch(parts, memory);
    batch.release();
    expect(() => toMessage(batch)).toThrow(expect.objectContaining({ code: 'BATCH_RELEASED' }));
  });
});

function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(buffersIn) : [];
}
