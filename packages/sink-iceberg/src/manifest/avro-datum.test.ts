import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroReader, AvroWriter } from './avro-bytes.ts';
import { decodeAvroFile, encodeAvroFile } from './avro-container.ts';
import { compileAvro } from './avro-datum.ts';
import type { AvroField, AvroSchema, Datum } from './avro-schema.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** A schema of the kinds that Iceberg uses, and values of it. */
interface Sample {
  schema: AvroSchema;
  values: fc.Arbitrary<Datum>;
}

const leaf = fc.constantFrom<Sample>(
  { schema: 'boolean', values: fc.boolean() },
  { schema: 'int', values: fc.integer() },
  { schema: { type: 'int', logicalType: 'date' }, values: fc.integer() },
  { schema: 'long', values: int64 },
  { schema: 'float', values: fc.float() },
  { schema: 'double', values: fc.double() },
  { schema: 'string', values: fc.string({ unit: 'grapheme' }) },
  { schema: 'bytes', values: fc.uint8Array() },
);

const sample: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('any').map(
      ({ schema, values }): Sample => ({
        schema: { type: 'array', items: schema, 'element-id': 7 },
        values: fc.array(values, { maxLength: 5 }),
      }),
    ),
    fc.array(tie('any'), { minLength: 1, maxLength: 4 }).map((members): Sample => {
      names += 1;
      const name = `r${names}`;
      const fields = members.map(
        ({ schema }, at): AvroField =>
          at % 2 === 0
            ? { name: `f${at}`, type: schema, 'field-id': 100 + at }
            : { name: `f${at}`, type: ['null', schema], default: null, 'field-id': 100 + at },
      );
      const values = members.map(({ values: own }, at) => (at % 2 === 0 ? own : fc.option(own)));
      return {
        schema: { type: 'record', name, fields },
        values: fc.tuple(...values).map((all) => Object.fromEntries(all.map((one, at) => [100 + at, one])) as Datum),
      };
    }),
  ),
})).any;
let names = 0;

const file = sample.chain(({ schema, values }) =>
  fc.record({ schema: fc.constant(schema), records: fc.array(values, { maxLength: 20 }) }),
);
const sync = Uint8Array.from({ length: 16 }, (_, at) => at);

describe('Avro object container files', () => {
  it.each(['null', 'deflate', 'zstandard'] as const)('with the codec %s give back every value of every schema', (codec) => {
    fc.assert(
      fc.property(file, ({ schema, records }) => {
        const read = decodeAvroFile(encodeAvroFile(schema, { 'a key': 'a välue' }, records, { sync, codec }));
        expect(read.records).toEqual(records);
        expect(read.metadata).toEqual({ 'a key': 'a välue' });
        expect(read.schema).toEqual(JSON.parse(JSON.stringify(schema)));
      }),
      { numRuns: 150 },
    );
  });

  it('write several blocks when there is much', () => {
    const records = Array.from({ length: 3000 }, (_, at) => `${at}`.padEnd(300, 'x'));
    expect(decodeAvroFile(encodeAvroFile('string', {}, records, { sync, codec: 'null' })).records).toEqual(records);
  });

  it('that are cut or changed anywhere end in an error of their own, or in values', () => {
    const schema: AvroSchema = {
      type: 'record',
      name: 'r',
      fields: [
        { name: 'a', type: 'long', 'field-id': 1 },
        { name: 'b', type: ['null', 'string'], default: null, 'field-id': 2 },
        { name: 'c', type: { type: 'array', items: 'bytes', 'element-id': 4 }, 'field-id': 3 },
      ],
    };
    const bytes = encodeAvroFile(schema, {}, [{ 1: 5n, 2: 'text', 3: [new Uint8Array(9)] }], { sync, codec: 'null' });
    const attempt = (damaged: Uint8Array): void => {
      try {
        decodeAvroFile(damaged);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^ICEBERG_AVRO_/) });
      }
    };
    for (let length = 0; length < bytes.length; length += 1) {
      if (length === bytes.length) continue;
      attempt(bytes.slice(0, length));
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = bytes.slice();
        damaged[at] = byte;
        attempt(damaged);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused with a codec that cannot be read', () => {
    const bytes = encodeAvroFile('long', {}, [1n], { sync, codec: 'null' });
    const text = Buffer.from(bytes).toString('latin1').replace('\x08null', '\x08snap');
    expect(() => decodeAvroFile(Buffer.from(text, 'latin1'))).toThrow(
      expect.objectContaining({ code: 'ICEBERG_AVRO_CODEC_UNSUPPORTED' }),
    );
  });
});

describe('compileAvro', () => {
  it('resolves types by name, and skips fields that have no id', () => {
    const fixed: AvroSchema = { type: 'fixed', name: 'f', size: 2 };
    const schema: AvroSchema = {
      type: 'record',
      name: 'r',
      fields: [
        { name: 'a', type: fixed, 'field-id': 1 },
        { name: 'b', type: 'f', 'field-id': 2 },
        { name: 'c', type: ['null', 'long'] },
        { name: 'd', type: { type: 'map', values: 'string' } },
      ],
    };
    const bytes = Uint8Array.of(1, 2, 3, 4, 2, 10, 2, 2, 97, 2, 98, 0);
    expect(compileAvro(schema).decode(new AvroReader(bytes))).toEqual({ 1: Uint8Array.of(1, 2), 2: Uint8Array.of(3, 4) });
  });

  it('reads blocks with a negative count, as other writers make them', () => {
    const reader = new AvroReader(Uint8Array.of(3, 4, 2, 4, 0));
    expect(compileAvro({ type: 'array', items: 'int' }).decode(reader)).toEqual([1, 2]);
  });

  const misfits: [AvroSchema, Datum][] = [
    ['int', 2 ** 31],
    ['int', 1n],
    ['long', 1],
    ['long', 2n ** 63n],
    ['string', null],
    ['boolean', 1],
    [{ type: 'fixed', name: 'f', size: 2 }, Uint8Array.of(1)],
    [{ type: 'array', items: 'int' }, 'text'],
    [{ type: 'record', name: 'r', fields: [] }, []],
  ];
  it.each(misfits.map(([schema, datum]) => ({ schema: JSON.stringify(schema), datum })))(
    'refuses to write a value that does not fit $schema',
    ({ schema, datum }) => {
      expect(() => compileAvro(JSON.parse(schema) as AvroSchema).encode(new AvroWriter(), datum)).toThrow(
        expect.objectContaining({ code: 'INTERNAL' }),
      );
    },
  );

  it('refuses a schema that names an unknown type', () => {
    expect(() => compileAvro({ type: 'array', items: 'nobody' })).toThrow(
      expect.objectContaining({ code: 'ICEBERG_AVRO_INVALID' }),
    );
  });
});
