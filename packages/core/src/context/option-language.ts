// The part of zod that options, specs and stored documents are described with. Built packages hold this part of it once, in core: loading all
// of zod, with its messages in sixty languages, took longer than planning a small load.

import { type output, toJSONSchema, type ZodType } from 'zod';
import type { Json } from '../json/json.ts';
import type { OptionSchema } from './plugin.ts';

export type { input, output, ZodType } from 'zod';
export {
  array,
  bigint,
  boolean,
  discriminatedUnion,
  enum,
  int,
  iso,
  json,
  lazy,
  literal,
  looseObject,
  null,
  number,
  object,
  record,
  strictObject,
  string,
  toJSONSchema,
  union,
  ZodObject,
} from 'zod';

/**
 * The options of a plugin as core asks for them, from a schema. The JSON Schema is made when somebody looks at it.
 *
 * @param schema Synchronous, without transformations that a second validation would apply again.
 */
export function optionsOf<Schema extends ZodType>(schema: Schema): OptionSchema<output<Schema>> {
  let jsonSchema: Json | undefined;
  return {
    get jsonSchema() {
      jsonSchema ??= JSON.parse(JSON.stringify(toJSONSchema(schema, { io: 'input' }))) as Json;
      return jsonSchema;
    },
    '~standard': {
      version: 1,
      vendor: 'zod',
      validate: (value) => {
        // Options are parsed once or twice: compiling a function for that, as zod does by itself, would take longer.
        const result = schema.safeParse(value, { jitless: true });
        return result.success ? { value: result.data } : { issues: result.error.issues };
      },
    },
  };
}
