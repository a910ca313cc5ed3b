import type { FormatPlugin } from '@calve/core/plugin';
import { moduleBeside } from '@calve/core/plugin';
import { jsonDecoder } from './json-decoder.ts';
import { factsFromJson } from './json-facts.ts';
import type { JsonOptions, JsonOptionsInput } from './json-format-options.ts';
import { jsonOptionSchema } from './json-format-options.ts';
import { lowerJson } from './lower-json.ts';
import { sniffJson } from './sniff-json.ts';
import { splitJson } from './split-json.ts';

/**
 * Reads JSON: one record per line, values one after another, or the records of one document, plain, gzip or Zstandard. Standard JSON only.
 * Objects are structs, arrays lists, every scalar is text as it stands in the file; core types it.
 *
 * @example
 * createCalve({ formats: { json: jsonFormat() } })
 */
export function jsonFormat(): FormatPlugin<JsonOptions, JsonOptionsInput> {
  return {
    contract: 'format/1',
    name: 'json',
    version: '0.1.0',
    options: jsonOptionSchema,
    sniff: sniffJson,
    lower: (_options, observation) => lowerJson(factsFromJson(observation.facts), observation.fields),
    split: splitJson,
    decoder: {
      get module() {
        return moduleBeside(import.meta.url, './json-decoder');
      },
      exportName: 'jsonDecoder',
      config: {},
      create: (context) => jsonDecoder({}, context, undefined),
    },
  };
}
