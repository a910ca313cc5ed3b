import type { Field, JsonReader, ObservedField } from '@calve/core/plugin';
import { textStructure } from '@calve/core/plugin';
import type { JsonFacts } from './json-facts.ts';

/**
 * What both engines do with a file of these facts: the structure is what this file alone shows, with text at every leaf. Core replaces `fields`
 * where the files of a batch have one structure together.
 */
export function lowerJson(facts: JsonFacts, observed: readonly ObservedField[]): JsonReader {
  const { framing, isFramingAssumed, recordsAt, compression } = facts;
  const fields = observed.map(
    ({ field, shape }): Field => ({ name: field.name, type: shape ? textStructure(shape) : { kind: 'string' }, required: false }),
  );
  const assumed = isFramingAssumed ? { isFramingAssumed } : {};
  return { kind: 'json', framing, ...assumed, recordsAt, fields, rescue: null, compression };
}
