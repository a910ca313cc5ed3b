import type { CalveErrorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';

/** The answer of a Standard Schema validator (https://standardschema.dev, version 1). */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/**
 * How options are validated and shown as a form: a Standard Schema, so that a zod 4 schema fits as it is, plus its JSON Schema.
 * A validator that answers with a Promise is refused when the plugin is registered. What it gives is kept in the spec and validated again
 * when the spec is parsed: plain JSON, which a second validation leaves as it is.
 */
export interface OptionSchema<T> {
  jsonSchema: Json;
  '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    /** Type only: what a user may write (defaults not yet applied) and what the plugin gets. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What every plugin says of itself. `Input` is what a user writes, `Output` what the plugin gets after defaults. */
export interface Plugin<Output, Input = Output> {
  /** Of the plugin, not of the instance: `local`, `csv`, `iceberg`. */
  name: string;
  version: string;
  options: OptionSchema<Output>;
  /** Type only: never present at run time. */
  readonly '~input'?: Input;
}

/** How another engine reaches the same data, secrets as references; or why it cannot. Pure data: it keeps vendors out of code generation. */
export type ExternalAccess =
  /** `table`: of a table only, its name there, catalog first: `['calve', 'sales', 'orders']`. */
  | { kind: 'spark'; uri: string; conf: Record<string, string | { secret: string }>; jars: string[]; table?: string[] }
  | { kind: 'none'; reason: string };

/** An open connection of a plugin. Calls may be concurrent until `close`. */
export interface Session {
  /** Tries the connection without changing anything. Empty: all is well. */
  check(): Promise<Diagnostic[]>;
  externalAccess(): ExternalAccess;
  /** Called exactly once, also after a failure. */
  close(): Promise<void>;
}

export type { CalveErrorData };
