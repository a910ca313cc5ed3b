import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readAvroFile } from './avro-reader.ts';

const schema = {
  type: 'record',
  name: 'r',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: ['null', 'string'] },
    { name: 'sizes', type: { type: 'array', items: 'int' } },
    { name: 'mark', type: { type: 'fixed', name: 'f', size: 2 } },
  ],
};
const marker = Array.from({ length: 16 }, (_, at) => at);
const text = (value: string): number[] => [value.length * 2, ...Buffer.from(value)];

/** A header, by hand: a map of two entries, whose lengths fit one or two bytes. */
function fileOf(codec: 'null' | 'deflate', block: number[]): Uint8Array {
  const json = JSON.stringify(schema);
  const length = [((json.length * 2) & 0x7f) | 0x80, (json.length * 2) >> 7];
  const header = [4, ...text('avro.schema'), ...length, ...Buffer.from(json), ...text('avro.codec'), ...text(codec), 0];
  const stored = codec === 'deflate' ? [...deflateRawSync(Uint8Array.from(block))] : block;
  return Uint8Array.from([...Buffer.from('Obj\u0001'), ...header, ...marker, 4, stored.length * 2, ...stored, ...marker]);
}

/** -1 with "ab", [3, -4], then 300 without a name and sizes. */
const block = [1, 2, ...text('ab'), 4, 6, 7, 0, 9, 8, 0xd8, 0x04, 0, 0, 1, 2];
const records = [
  { id: -1n, name: 'ab', sizes: [3, -4], mark: Uint8Array.of(9, 8) },
  { id: 300n, name: null, sizes: [], mark: Uint8Array.of(1, 2) },
];

describe('reading an Avro file', () => {
  it.each(['null', 'deflate'] as const)('gives the records that its own schema describes (codec %s)', (codec) => {
    expect(readAvroFile(fileOf(codec, block)).map((record) => structuredClone(record))).toEqual(records);
  });

  it('never takes a damaged file for a shorter one', () => {
    const whole = fileOf('null', block);
    expect(() => readAvroFile(whole.subarray(0, -1))).toThrow(RangeError);
    expect(() => readAvroFile(whole.with(-1, 99))).toThrow('does not end');
    expect(() => readAvroFile(Uint8Array.of(1, 2, 3, 4, 5))).toThrow('no Avro file');
  });
});
