import type { ColumnKind } from './column-kinds.ts';
import { COLUMN_KINDS } from './column-kinds.ts';

/** The transforms of the Iceberg specification that the sink executes. */
export const TRANSFORMS = ['identity', 'year', 'month', 'day', 'hour', 'bucket', 'truncate', 'void'] as const;
export type TransformName = (typeof TRANSFORMS)[number];

/** A transform of a family of types: `bucket` of `decimal`, whatever its precision. */
export interface PartitionCell {
  transform: TransformName;
  family: string;
}

/** The type without its parameters: how a transform works does not depend on them. */
export function familyOf({ type, name }: ColumnKind): string {
  return type.kind === 'decimal' || type.kind === 'fixed' ? type.kind : name;
}

export const FAMILIES: readonly string[] = [...new Set(COLUMN_KINDS.map(familyOf))];

const TIMESTAMPS = ['timestamp', 'timestamp (UTC)'];

/**
 * Families that a transform takes.
 *
 * @see https://iceberg.apache.org/spec/#partition-transforms
 */
const TAKES: Record<TransformName, (family: string) => boolean> = {
  identity: () => true,
  year: (family) => family === 'date' || TIMESTAMPS.includes(family),
  month: (family) => family === 'date' || TIMESTAMPS.includes(family),
  day: (family) => family === 'date' || TIMESTAMPS.includes(family),
  hour: (family) => TIMESTAMPS.includes(family),
  bucket: (family) => !['boolean', 'float32', 'float64'].includes(family),
  truncate: (family) => ['int32', 'int64', 'decimal', 'string', 'binary'].includes(family),
  void: () => true,
};

/** Every cell of the table transform x family; `isPossible` as the specification has it. */
export const PARTITION_CELLS: readonly (PartitionCell & { isPossible: boolean })[] = TRANSFORMS.flatMap((transform) =>
  FAMILIES.map((family) => ({ transform, family, isPossible: TAKES[transform](family) })),
);
