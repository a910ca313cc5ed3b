import { z } from '@calve/core/plugin';

/** A name that is not empty. */
export const nameSchema = z.string().min(1);

/** Name of a column; for a member of a struct a list with one name per level. */
export type ColumnReference = string | readonly string[];

/** A column, or a member of a struct as one name per level. */
export const columnReferenceSchema = z
  .union([nameSchema, z.array(nameSchema).min(1)])
  .describe('Name of a column; for a member of a struct a list with one name per level.');
