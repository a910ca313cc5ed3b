import { describe, expect, expectTypeOf, it } from 'vitest';
import { type IcebergTargetInput, icebergTargetSchema, type PartitionBy } from './iceberg-sink-options.ts';

describe('the options of a table', () => {
  it('take a list of partition fields that is read-only', () => {
    const partitionBy = Object.freeze([
      { transform: 'day', column: 'ordered_at' },
      { transform: 'bucket', column: 'id', buckets: 16 },
    ] as const);
    const target: IcebergTargetInput = { table: 'sales.orders', partitionBy };
    expect(icebergTargetSchema['~standard'].validate(target)).toEqual({ value: { table: 'sales.orders', partitionBy } });
    expectTypeOf<readonly PartitionBy[]>().toExtend<NonNullable<IcebergTargetInput['partitionBy']>>();
    expectTypeOf<PartitionBy[]>().toExtend<NonNullable<IcebergTargetInput['partitionBy']>>();
  });

  it('tell what a table name looks like, for the issue of a spec', () => {
    expect(icebergTargetSchema['~standard'].validate({ table: 'orders' })).toMatchObject({
      issues: [{ path: ['table'], params: { expected: 'namespace.name, such as sales.orders' } }],
    });
  });

  it('keep their other types', () => {
    expectTypeOf<IcebergTargetInput['table']>().toEqualTypeOf<string>();
    expectTypeOf<IcebergTargetInput>().not.toExtend<{ partitionBy: readonly PartitionBy[] }>();
    // @ts-expect-error There is no such transform.
    const wrong: IcebergTargetInput = { table: 'sales.orders', partitionBy: [{ transform: 'decade', column: 'x' }] };
    expect(icebergTargetSchema['~standard'].validate(wrong)).toHaveProperty('issues');
  });
});
