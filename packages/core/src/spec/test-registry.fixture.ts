import * as z from 'zod';
import type { OptionSchema } from '../context/plugin.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { FormatPlugin } from '../format/format.ts';
import type { Json } from '../json/json.ts';
import type { SinkPlugin } from '../sink/sink.ts';
import type { SourcePlugin } from '../source/source.ts';

// Plugins for the tests of this folder. Their options are real schemas; they are never connected.

function optionSchema<Schema extends z.ZodType>(schema: Schema): OptionSchema<z.output<Schema>> {
  return { jsonSchema: z.toJSONSchema(schema, { io: 'input' }) as Json, '~standard': schema['~standard'] };
}

function neverCalled(): never {
  throw new CalveError('INTERNAL', 'The plugins of these tests are never connected.');
}

const folderOptions = z.strictObject({
  path: z.string().min(1),
  pattern: z.string().default('**/*'),
  depth: z.int().min(1).optional(),
});

const delimitedOptions = z.strictObject({
  header: z.boolean().default(true),
  delimiter: z.string().length(1).default(','),
});

const tableOptions = z.strictObject({
  table: z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/, { error: 'A table is called namespace.name' }),
  partitionBy: z.array(z.strictObject({ transform: z.enum(['day', 'identity']), column: z.string() })).default([]),
});

type Input<Schema extends z.ZodType> = z.input<Schema>;
type Output<Schema extends z.ZodType> = z.output<Schema>;

const folder: SourcePlugin<Output<typeof folderOptions>, Input<typeof folderOptions>> = {
  contract: 'source/1',
  name: 'folder',
  version: '1.0.0',
  options: optionSchema(folderOptions),
  connect: neverCalled,
};

const delimited: FormatPlugin<Output<typeof delimitedOptions>, Input<typeof delimitedOptions>> = {
  contract: 'format/1',
  name: 'delimited',
  version: '1.0.0',
  options: optionSchema(delimitedOptions),
  sniff: () => null,
  lower: neverCalled,
  split: neverCalled,
  decoder: { module: 'file:///none', exportName: 'none', config: null, create: neverCalled },
};

const tables: SinkPlugin<Output<typeof tableOptions>, Input<typeof tableOptions>> = {
  contract: 'sink/1',
  name: 'tables',
  version: '1.0.0',
  options: optionSchema(tableOptions),
  modes: ['append'],
  quarantine: (options) => ({ table: `${options.table}__rejected` }),
  connect: neverCalled,
};

/** One source `local`, one format `csv`, the sinks `lake` and `replica`, which cannot append. */
export const testRegistry = {
  sources: { local: folder },
  formats: { csv: delimited },
  sinks: { lake: tables, replica: { ...tables, modes: ['overwrite-table' as const] } },
};

/** A spec that says only what has to be said. */
export const smallestSpec = {
  specVersion: 1,
  id: 'orders',
  input: { source: 'local', options: { path: './landing' }, format: 'detect' },
  outputs: [{ name: 'main', sink: 'lake', options: { table: 'sales.orders' } }],
};
