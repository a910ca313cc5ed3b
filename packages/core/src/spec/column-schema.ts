import type { ColumnType, Field } from '../columns/column-type.ts';
import * as z from '../context/option-language.ts';
import type { Expression } from '../projection/projection.ts';
import { PLAIN_TYPES } from './check-executable.ts';
import type { ColumnSpec } from './ingestion-spec.ts';

// What an own `error` says is the phrase after "expected" in an issue.

/** Where a field sits: one name per level. */
export const pathSchema = z.array(z.string().min(1)).min(1);

const fieldSchema: z.ZodType<Field> = z.strictObject({
  name: z.string().min(1),
  id: z.int().min(0).exactOptional(),
  get type() {
    return columnTypeSchema;
  },
  required: z.boolean(),
  doc: z.string().exactOptional(),
});

/** The type of a column. */
const columnTypeSchema: z.ZodType<ColumnType> = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.enum(['boolean', 'int32', 'int64', 'float32', 'float64', 'date', 'time', 'string', 'binary', 'uuid', 'unknown']),
    }),
    z
      .strictObject({ kind: z.literal('decimal'), precision: z.int().min(1).max(38), scale: z.int().min(0).max(38) })
      .refine((type) => type.scale <= type.precision, { error: 'a scale that is not above the precision', path: ['scale'] }),
    z.strictObject({ kind: z.literal('fixed'), bytes: z.int().min(1) }),
    z.strictObject({ kind: z.literal('timestamp'), unit: z.enum(['micros', 'nanos']), zone: z.enum(['utc', 'none']) }),
    z.strictObject({ kind: z.literal('struct'), fields: z.array(fieldSchema).min(1) }),
    z.strictObject({ kind: z.literal('list'), element: fieldSchema }),
    z.strictObject({ kind: z.literal('map'), key: fieldSchema, value: fieldSchema }),
  ],
  {
    // A value that is no object. The types of zod name only `invalid_union` here, which is an unknown kind.
    error: (issue) =>
      (issue.code as string) === 'invalid_type' ? `an object such as ${JSON.stringify(exampleOf(issue.input))}` : undefined,
  },
);

/** What somebody meant who wrote the name of a type in the place of the type. */
function exampleOf(word: unknown): ColumnType {
  if (word === 'decimal') return { kind: 'decimal', precision: 12, scale: 2 };
  if (word === 'fixed') return { kind: 'fixed', bytes: 16 };
  if (word === 'timestamp') return { kind: 'timestamp', unit: 'micros', zone: 'none' };
  return { kind: PLAIN_TYPES.find((kind) => kind === word) ?? 'int64' };
}

/** A condition or computed value. */
export const expressionSchema: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('column'), path: pathSchema }),
    z.strictObject({ kind: z.literal('literal'), value: z.json(), type: columnTypeSchema }),
    z.strictObject({
      kind: z.literal('call'),
      function: z.string().min(1),
      get arguments() {
        return z.array(expressionSchema);
      },
    }),
  ]),
);

const textParseSchema = z.lazy(() => {
  const words = z.array(z.string()).min(1);
  return z.strictObject({
    zone: z.string().min(1).exactOptional().describe('Texts without a zone are wall time there: "Europe/Berlin".'),
    unit: z.enum(['s', 'ms', 'us', 'ns']).exactOptional().describe('Texts are numbers of an epoch.'),
    encoding: z.enum(['base64', 'hex']).exactOptional(),
    exact: z.boolean().exactOptional(),
    special: z
      .union([z.boolean(), z.record(z.string().min(1), z.enum(['NaN', 'Infinity', '-Infinity']))])
      .exactOptional()
      .describe('NaN and the infinities; or which texts mean them.'),
    true: words.exactOptional(),
    false: words.exactOptional(),
    decimal: z.string().length(1).exactOptional().describe('Stands before the fraction.'),
    group: z.string().length(1).exactOptional().describe('Stands between groups of three digits.'),
  });
});

/** What the user says about one column. */
export const columnSchema: z.ZodType<ColumnSpec> = z
  .strictObject({
    from: pathSchema.exactOptional().describe('Column of the file; default: the same name.'),
    type: columnTypeSchema.exactOptional().describe('Default: inferred.'),
    formats: z
      .array(z.string().min(1))
      .exactOptional()
      .describe('Patterns of a date, time or timestamp; default: the ISO forms.'),
    trim: z.boolean().exactOptional(),
    nulls: z.array(z.string()).exactOptional().describe('Texts that mean null.'),
    parse: textParseSchema.exactOptional(),
    onFailure: z
      .enum(['reject-row', 'null', 'rescue', 'fail-unit', 'fail-run'])
      .exactOptional()
      .describe('What happens to a value that cannot be typed.'),
    drop: z
      .union([z.literal(true), z.literal('from-table')])
      .exactOptional()
      .describe('true: leaves this column of the file out. from-table: takes it out of the table as well, with its values.'),
    renamedFrom: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Name that the column of the table had before: it goes on under the present one, with its values.'),
  })
  .refine((column) => column.drop === undefined || Object.keys(column).length === 1, {
    error: 'no other settings for a column that is dropped',
  });
