import { describe, expect, it } from 'vitest';
import { fixtureJson } from '../../test/read-fixture.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { AvroField, AvroRecord, AvroSchema } from './avro-schema.ts';
import { manifestListSchema } from './manifest-list-schema.ts';
import { manifestSchema } from './manifest-schema.ts';

/** A schema without its docs, fields sorted by id: what readers depend on. */
function essence(schema: AvroSchema): unknown {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return (schema as AvroSchema[]).map(essence);
  if ('fields' in schema) {
    const fields = schema.fields.map(({ doc: _doc, type, ...field }: AvroField) => ({ ...field, type: essence(type) }));
    return { ...schema, fields: fields.sort((a, b) => (a['field-id'] ?? 0) - (b['field-id'] ?? 0)) };
  }
  return 'items' in schema ? { ...schema, items: essence(schema.items) } : schema;
}

/** The schema without some of its fields, at any level. */
function without(schema: AvroSchema, ids: readonly number[]): AvroSchema {
  if (typeof schema === 'string' || Array.isArray(schema) || !('fields' in schema)) return schema;
  const fields = schema.fields.filter((field) => !ids.includes(field['field-id'] ?? -1));
  return { ...(schema as AvroRecord), fields: fields.map((field) => ({ ...field, type: without(field.type, ids) })) };
}

/** Fields of the partition record inside a manifest's schema. */
function partitionFields(schema: AvroRecord): readonly AvroField[] {
  const inside = (record: AvroRecord, id: number): AvroRecord =>
    record.fields.find((field) => field['field-id'] === id)?.type as AvroRecord;
  return inside(inside(schema, 2), 102).fields;
}

const spec = (fields: [name: string, id: number, transform: string][]): PartitionSpec => ({
  'spec-id': 0,
  fields: fields.map(([name, id, transform]) => ({ name, 'field-id': id, 'source-id': 1, transform })),
});

describe('the schema of a manifest', () => {
  it('is the one that Spark writes', () => {
    const ours = manifestSchema(
      spec([
        ['id_bucket', 1000, 'bucket[4]'],
        ['date', 1001, 'identity'],
      ]),
      [{ kind: 'int32' }, { kind: 'date' }],
    );
    const theirs = fixtureJson<AvroSchema>('golden-spark-manifest-v2.avsc.json');
    expect(essence(without(ours, [143]))).toEqual(essence(theirs));
  });

  it('is the one that PyIceberg writes, but for required partition fields and equality ids, which the specification has as int', () => {
    const golden = fixtureJson<{ 'avro.schema': AvroRecord }>('pyiceberg-manifest-2.json')['avro.schema'];
    const ours = manifestSchema(
      spec([
        ['ordered_at_day', 1000, 'day'],
        ['id_bucket', 1001, 'bucket[4]'],
      ]),
      [{ kind: 'date' }, { kind: 'int32' }],
    );
    const ids = (schema: AvroSchema): unknown[] => {
      if (typeof schema === 'string') return [];
      if (Array.isArray(schema)) return (schema as AvroSchema[]).flatMap(ids);
      if ('fields' in schema)
        return schema.fields.flatMap((field: AvroField) => [[field['field-id'], field.name], ...ids(field.type)]);
      return 'items' in schema ? ids(schema.items) : [];
    };
    expect(new Set(ids(without(ours, [143])).map(String))).toEqual(new Set(ids(without(golden, [143])).map(String)));
    expect(essence(without(ours, [143, 102, 135]))).toEqual(essence(without(golden, [143, 102, 135])));
  });

  it('escapes names that Avro does not allow, and keeps the original', () => {
    const partition = partitionFields(manifestSchema(spec([['a.b 9é', 1000, 'identity']]), [{ kind: 'string' }]))[0];
    expect(partition).toEqual({
      name: 'a_x2Eb_x209_xE9',
      type: ['null', 'string'],
      default: null,
      'field-id': 1000,
      'iceberg-field-name': 'a.b 9é',
    });
  });

  it('gives every named partition type a name of its own', () => {
    const types = [
      { kind: 'decimal', precision: 9, scale: 2 } as const,
      { kind: 'decimal', precision: 38, scale: 0 } as const,
      { kind: 'uuid' } as const,
      { kind: 'fixed', bytes: 3 } as const,
    ];
    const text = JSON.stringify(manifestSchema(spec(types.map((_, at) => [`f${at}`, 1000 + at, 'identity'])), types));
    expect([...text.matchAll(/"type":"fixed","name":"(\w+)","size":(\d+)/g)].map((match) => [match[1], match[2]])).toEqual([
      ['r102_1000', '4'],
      ['r102_1001', '16'],
      ['r102_1002', '16'],
      ['r102_1003', '3'],
    ]);
  });
});

describe('the schema of a manifest list', () => {
  it('is the one that PyIceberg writes', () => {
    const golden = fixtureJson<{ 'avro.schema': AvroRecord }>('pyiceberg-manifest-list-3.json')['avro.schema'];
    expect(essence(manifestListSchema)).toEqual(essence(golden));
  });

  it('is the one that Spark wrote, but for names that have changed since', () => {
    const golden = fixtureJson<AvroRecord>('golden-spark-manifest-list-v2.avsc.json');
    const renamed = {
      ...golden,
      fields: golden.fields.map((field) => ({ ...field, name: field.name.replace('_data_files_', '_files_') })),
    };
    expect(essence(without(manifestListSchema, [519]))).toEqual(essence(renamed));
  });
});
