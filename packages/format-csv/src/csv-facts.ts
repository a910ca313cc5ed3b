import type { Json } from '@calve/core/plugin';
import type { CsvDialect } from './byte-dialect.ts';
import type { LineEnd } from './line-end.ts';

/** What an observation remembers of one file: enough to read it again, and what people ask for. Plain JSON. */
export interface CsvFacts {
  dialect: CsvDialect;
  skipLines: number;
  skipFooterLines: number;
  /** A name that says the order of bytes too: `utf-8`, `utf-16le`, `windows-1252`. */
  encoding: string;
  /** Only parts of the file were looked at, and nobody said that it is UTF-8. */
  isEncodingAssumed?: true;
  /** True when the first record names the columns. */
  header: boolean;
  names: {
    /** As the header has them; empty without a header. */
    raw: string[];
    /** As the columns are called. */
    safe: string[];
  };
  compression: 'gzip' | 'zstd' | null;
  /** `null` when the content has none. */
  lineEnd: LineEnd | null;
}

/** Facts as part of an observation. */
export function factsToJson(facts: CsvFacts): Json {
  return facts as unknown as Json;
}

/** Facts from an observation that this format made. */
export function factsFromJson(json: Json): CsvFacts {
  return json as unknown as CsvFacts;
}
