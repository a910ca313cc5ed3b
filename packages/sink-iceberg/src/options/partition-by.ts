import * as z from 'zod';
import { columnReferenceSchema, nameSchema } from './column-reference.ts';

const column = columnReferenceSchema;
const fieldName = nameSchema.exactOptional();

/** One field of `partitionBy`. */
export const partitionFieldSchema = z
  .discriminatedUnion('transform', [
    z.strictObject({ transform: z.enum(['identity', 'year', 'month', 'day', 'hour']), column, name: fieldName }),
    z.strictObject({ transform: z.literal('bucket'), column, buckets: z.int().min(1).max(65_536), name: fieldName }),
    z.strictObject({ transform: z.literal('truncate'), column, width: z.int().min(1).max(0x7fff_ffff), name: fieldName }),
  ])
  .describe(
    'One partition field: identity, year, month, day, hour, bucket with a number of buckets, or truncate with a width; `name` is that of the field.',
  );

/** One field of `partitionBy`, after validation. */
export type PartitionBy = z.output<typeof partitionFieldSchema>;

/** The transform in the words of the Iceberg specification: `day`, `bucket[16]`. */
export function transformText(by: PartitionBy): string {
  switch (by.transform) {
    case 'bucket':
      return `bucket[${by.buckets}]`;
    case 'truncate':
      return `truncate[${by.width}]`;
    default:
      return by.transform;
  }
}
