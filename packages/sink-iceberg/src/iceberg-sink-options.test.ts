import { describe, expect, expectTypeOf, it } from 'vitest';
import { type IcebergTarget, icebergTargetSchema, type PartitionBy } from './iceberg-sink-options.ts';

describe('the options of a table', () => {
  it('take a list of partition fields that is read-only', () => {
    const partitionBy = Object.freeze([
      { transform: 'day', column: 'ordered_at' },
      { transform: 'bucket', column: 'id', buckets: 16 },
    ] as const);
    const target: IcebergTarget = { table: 'sales.orders', partitionBy };
    expect(icebergTargetSchema['~standard'].validate(target)).toEqual({ value: { table: 'sales.orders', partitionBy } });
    expectTypeOf<readonly PartitionBy[]>().toExtend<NonNullable<IcebergTarget['partitionBy']>>();
    expectTypeOf<PartitionBy[]>().toExtend<NonNullable<IcebergTarget['partitionBy']>>();
  });

  it('tell what a table name looks like, for the issue of a spec', () => {
    expect(icebergTargetSchema['~standard'].validate({ table: 'orders' })).toMatchObject({
      issues: [{ path: ['table'], params: { expected: 'namespace.name, such as sales.orders' } }],
    });
  });

  it('keep their other types', () => {
    expectTypeOf<IcebergTarget['table']>().toEqualTypeOf<string>();
    expectTypeOf<IcebergTarget>().not.toExtend<{ partitionBy: readonly PartitionBy[] }>();
    // @ts-expect-error There is no such transform.
    const wrong: IcebergTarget = { table: 'sales.orders', partitionBy: [{ transform: 'decade', column: 'x' }] };
    expect(icebergTargetSchema['~standard'].validate(wrong)).toHaveProperty('issues');
  });
});
