import type { CalveRegistry, OptionsArguments, OptionsInput } from '../create-calve-types.ts';
import type {
  ColumnSpec,
  FlattenSpec,
  IngestionSpec,
  InputSpec,
  LimitsSpec,
  ProvenanceColumn,
  SchemaPolicy,
} from './ingestion-spec.ts';

/** A call that `build()` waits for. `as` stands for `.as()` and `.detect()`. */
export type BuilderStep = 'from' | 'as' | 'into';

/** How rows get into the table. Merging needs the columns that identify a row. */
export type WriteMode =
  | { mode?: 'append' | 'overwrite-partitions' | 'overwrite-table'; keys?: never; newest?: never }
  /** `newest`: columns whose greatest values win among rows with equal keys. */
  | { mode: 'merge'; keys: readonly [string, ...string[]]; newest?: readonly string[] };

/** Settings of an output beside the sink's own options. */
export type OutputSettings = WriteMode & {
  /** Default `main`. */
  name?: string;
  /** Default file, version and ingested-at; an empty list adds no columns. */
  provenance?: readonly ProvenanceColumn[];
  /** Objects inside of columns become columns: `{ depth: 1 }` makes `customer_name` of `customer.name`. */
  flatten?: { depth: number; separator?: string; arrays?: FlattenSpec['arrays'] };
  /** The list of which each element becomes a row, by the names that lead to it: `['items']`. */
  explode?: readonly [string, ...string[]];
};

/** What is known of the options of each format that may be detected. */
export type DetectOptions<Registry extends CalveRegistry> = {
  [Name in keyof Registry['formats']]?: Partial<OptionsInput<Registry['formats'][Name]>>;
};

/** Cannot be called. The compiler names this type, and with it the sentence, where somebody calls it: "has no call signatures". */
export interface NotYet<Sentence extends string> {
  readonly missing: Sentence;
}

/** Why `build` cannot be called: the first call that is missing. */
export type BuildTooEarly<Missing extends BuilderStep> = 'from' extends Missing
  ? NotYet<'Call .from(source, options) before .build()'>
  : 'as' extends Missing
    ? NotYet<'Call .as(format, options) or .detect() before .build()'>
    : NotYet<'Call .into(sink, options) before .build()'>;

/**
 * Describes an ingestion step by step. Immutable: every call gives a new builder, and a call replaces what an earlier call of the
 * same name said. Nothing is checked at run time before `build()`; names and options are checked by the compiler.
 *
 * `Missing` holds the calls that are still needed.
 *
 * @example
 * calve.ingestion('orders')
 *   .from('local', { path: './landing', pattern: 'orders-*.csv.gz' })
 *   .detect()
 *   .columns({ amount: decimal(12, 2) })
 *   .into('lake', { table: 'sales.orders' })
 *   .build();
 */
export interface IngestionBuilder<Registry extends CalveRegistry, Missing extends BuilderStep = BuilderStep> {
  /** Where files come from: the key of a registered source, and its options. */
  from<Name extends keyof Registry['sources'] & string>(
    source: Name,
    ...options: OptionsArguments<Registry['sources'][Name]>
  ): IngestionBuilder<Registry, Exclude<Missing, 'from'>>;
  /** How files are read: the key of a registered format, and its options. */
  as<Name extends keyof Registry['formats'] & string>(
    format: Name,
    ...options: OptionsArguments<Registry['formats'][Name]>
  ): IngestionBuilder<Registry, Exclude<Missing, 'as'>>;
  /** Looks into each file and takes the format that recognises it. Options by format win over what is guessed: `{ csv: { delimiter: ';' } }`. */
  detect(options?: DetectOptions<Registry>): IngestionBuilder<Registry, Exclude<Missing, 'as'>>;
  /** What is known of columns, by their names in the table: `decimal(12, 2)`, `drop()`. The rest is inferred. */
  columns(columns: Record<string, ColumnSpec>): IngestionBuilder<Registry, Missing>;
  /** The table: the key of a registered sink, and its options. A second output named `rejected` takes the rows that break a rule. */
  into<Name extends keyof Registry['sinks'] & string>(
    sink: Name,
    options: OptionsInput<Registry['sinks'][Name]>,
    settings?: OutputSettings,
  ): IngestionBuilder<Registry, Exclude<Missing, 'into'>>;
  /** What may happen to the schema; what is left out has its default. */
  schema(policy: Partial<SchemaPolicy>): IngestionBuilder<Registry, Missing>;
  /** Limits of one run; what is left out has its default. */
  limits(limits: Partial<LimitsSpec>): IngestionBuilder<Registry, Missing>;
  /** A file that changed after it was loaded. Default `hold`. */
  onChanged(action: InputSpec['onChanged']): IngestionBuilder<Registry, Missing>;
  /** The same content again under another name. Default `skip`. */
  onSameContent(action: InputSpec['onSameContent']): IngestionBuilder<Registry, Missing>;
  /** Seconds for which size and time of a file must be stable. Default 2. */
  settle(seconds: number): IngestionBuilder<Registry, Missing>;
  /** Skips files modified before this time, ISO 8601 with its zone: `2026-01-31T00:00:00Z`. */
  since(time: string): IngestionBuilder<Registry, Missing>;
  /** The host's own names for finding this ingestion again. */
  labels(labels: Record<string, string>): IngestionBuilder<Registry, Missing>;
  /**
   * The spec: frozen plain JSON, defaults filled in. There is a `build` once `from`, `as` or `detect`, and `into` were called.
   *
   * @throws {CalveError} `SPEC_INVALID` (fix-input): `context.issues` lists everything that is wrong.
   */
  readonly build: [Missing] extends [never] ? () => IngestionSpec : BuildTooEarly<Missing>;
}
