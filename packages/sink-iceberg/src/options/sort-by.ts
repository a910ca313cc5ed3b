import { z } from '@calve/core/plugin';
import { type ColumnReference, columnReferenceSchema } from './column-reference.ts';
import type { TransformBy } from './partition-by.ts';
import { transformText } from './partition-by.ts';

const common = () => ({
  column: columnReferenceSchema,
  direction: z.enum(['asc', 'desc']).exactOptional().describe('Default asc.'),
  nulls: z.enum(['first', 'last']).exactOptional().describe('Default: first when ascending, last when descending.'),
});

/** One field of `sortBy`. Without a transform rows are sorted by the column itself. */
export type SortBy = (TransformBy | { readonly transform?: never }) & {
  readonly column: ColumnReference;
  /** Default asc. */
  readonly direction?: 'asc' | 'desc';
  /** Default: first when ascending, last when descending. */
  readonly nulls?: 'first' | 'last';
};

/** Checks one field of `sortBy`. */
export const sortFieldSchema: z.ZodType<SortBy> = z.lazy(() =>
  z
    .union([
      z.strictObject({ ...common(), transform: z.enum(['identity', 'year', 'month', 'day', 'hour']).exactOptional() }),
      z.strictObject({ ...common(), transform: z.literal('bucket'), buckets: z.int().min(1).max(65_536) }),
      z.strictObject({ ...common(), transform: z.literal('truncate'), width: z.int().min(1).max(0x7fff_ffff) }),
    ])
    .describe('One column that rows are sorted by, or a transform of it as in partitionBy.'),
);

/** The transform in the words of the Iceberg specification: `identity` unless another one is named. */
export function sortTransformText(by: SortBy): string {
  return by.transform === undefined ? 'identity' : transformText(by);
}
