import { z } from '@calve/core/plugin';
import { type ColumnReference, columnReferenceSchema, nameSchema } from './column-reference.ts';

const column = columnReferenceSchema;

/** A transform with what it needs. */
export type TransformBy =
  | { readonly transform: 'identity' | 'year' | 'month' | 'day' | 'hour' }
  /** 1 to 65,536. */
  | { readonly transform: 'bucket'; readonly buckets: number }
  /** 1 to 2,147,483,647: digits of the interval of numbers, code points of texts, bytes of binary. */
  | { readonly transform: 'truncate'; readonly width: number };

/** One field of `partitionBy`. `name`: of the partition field; default: as Iceberg names it. */
export type PartitionBy = TransformBy & { readonly column: ColumnReference; readonly name?: string };

/** Checks one field of `partitionBy`. */
export const partitionFieldSchema: z.ZodType<PartitionBy> = z.lazy(() => {
  const fieldName = nameSchema.exactOptional();
  return z
    .discriminatedUnion('transform', [
      z.strictObject({ transform: z.enum(['identity', 'year', 'month', 'day', 'hour']), column, name: fieldName }),
      z.strictObject({ transform: z.literal('bucket'), column, buckets: z.int().min(1).max(65_536), name: fieldName }),
      z.strictObject({ transform: z.literal('truncate'), column, width: z.int().min(1).max(0x7fff_ffff), name: fieldName }),
    ])
    .describe(
      'One partition field: identity, year, month, day, hour, bucket with a number of buckets, or truncate with a width; `name` is that of the field.',
    );
});

/** The transform in the words of the Iceberg specification: `day`, `bucket[16]`. */
export function transformText(by: TransformBy): string {
  switch (by.transform) {
    case 'bucket':
      return `bucket[${by.buckets}]`;
    case 'truncate':
      return `truncate[${by.width}]`;
    default:
      return by.transform;
  }
}
