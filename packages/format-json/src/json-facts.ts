import type { Json, Path } from '@calve/core/plugin';

/** What an observation remembers of one file: enough to read it again. Plain JSON. */
export interface JsonFacts {
  framing: 'lines' | 'values' | 'document';
  /** The framing was found out by the beginning of the file, whose end was not looked at. Documents only. */
  isFramingAssumed?: true;
  recordsAt: Path;
  compression: 'gzip' | 'zstd' | null;
}

/** Facts as part of an observation. */
export function factsToJson(facts: JsonFacts): Json {
  return facts as unknown as Json;
}

/** Facts from an observation that this format made. */
export function factsFromJson(json: Json): JsonFacts {
  return json as unknown as JsonFacts;
}
