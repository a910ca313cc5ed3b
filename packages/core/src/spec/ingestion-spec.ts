import type { ColumnType } from '../columns/column-type.ts';
import type { Json, Path } from '../json/json.ts';
import type { Expression, OnFailure, TextParse } from '../projection/projection.ts';

/** What the user asked for: frozen plain JSON, built by the builder or parsed from JSON. Everything else reads it. */
export interface IngestionSpec {
  specVersion: 1;
  /** 1-64 letters, digits, `_` or `-`. Part of property names, wap ids and paths: the ledger belongs to it. */
  id: string;
  labels?: Record<string, string>;
  input: InputSpec;
  /** One or more; the first one is the table itself. Quarantine is an ordinary output with rows `rejected`. */
  outputs: OutputSpec[];
  schema: SchemaPolicy;
  limits: LimitsSpec;
  trigger:
    | { kind: 'manual' }
    | { kind: 'schedule'; cron: string; zone: string }
    | { kind: 'events'; quietSeconds: number; sweepSeconds: number }
    | { kind: 'continuous'; everySeconds: number };
  engine: 'auto' | 'in-process' | 'spark';
}

/** Where files come from and how they are read. */
export interface InputSpec {
  /** Key of a registered source. */
  source: string;
  /** Checked by the source's own schema. */
  options: Json;
  /**
   * How files are read. `detect` looks into each of them and takes the format that recognises it; `{ detect: { csv: { … } } }` does so too, and
   * what it says of the options of a format wins over what was guessed.
   */
  format: 'detect' | { detect: Record<string, Json> } | { name: string; options: Json };
  /** A file that changed after it was loaded. Default `hold`. */
  onChanged: 'hold' | 'ignore' | 'append' | 'replace';
  /** Size and time of a file must be stable for so long. Default 2. */
  settleSeconds: number;
  /** ISO 8601: objects modified earlier are skipped. */
  since?: string;
  /** The same content again under another name. Default `skip`. */
  onSameContent: 'skip' | 'load' | 'hold';
}

/** What may happen to the schema. */
export interface SchemaPolicy {
  /**
   * `full`: every value is looked at (default below 1 GiB). `sample`: head, tail and parts in between of every file. `off`: columns not declared
   * are text. Of large text files whose columns all have a declared type only parts are looked at in any case: there is nothing to infer.
   */
  infer: 'full' | 'sample' | 'off';
  onNewColumn: 'add' | 'hold' | 'ignore' | 'rescue';
  onTypeChange: 'hold' | 'widen' | 'reject-row';
  /** A value met during the run refutes the planned type. */
  onRefuted: 'reject-row' | 'hold';
}

/** Limits of one run. */
export interface LimitsSpec {
  /** Default 10,000. More: nothing is committed, the run is held. */
  maxRejectedRows: number;
  /** Share of the rows read, 0 to 1. Default 0.01. */
  maxRejectedRatio: number;
  /** Units of one commit. Default 10,000. */
  maxUnitsPerBatch: number;
  /** Stored bytes of one commit. Default 64 GiB. */
  maxBytesPerBatch: number;
}

/** What the user says about one column. Everything left out is inferred or default. */
export interface ColumnSpec {
  /** Column of the file; default: the same name. */
  from?: Path;
  type?: ColumnType;
  formats?: string[];
  trim?: boolean;
  nulls?: string[];
  parse?: TextParse;
  onFailure?: OnFailure;
  /** `true`: leave this column of the file out. `from-table`: take it out of the table as well, with its values. */
  drop?: true | 'from-table';
  /**
   * The name that the column had in the table before: it goes on under this one, with its values. Files may have either name while this stands
   * here; without it, those with the former one wait.
   */
  renamedFrom?: string;
}

/** How objects inside of columns become columns of their own. */
export interface FlattenSpec {
  /** How many levels of objects: 1 makes `customer_address` of `customer.address` and leaves what is inside of that nested. 1 to 50. */
  depth: number;
  /** Between the names of the levels; default `_`. */
  separator: string;
  /** Lists on these levels stay lists, or become the text that they have in the file. Default `keep`. */
  arrays: 'keep' | 'text';
}

/** Facts that become columns of the table. */
export type ProvenanceColumn = 'source-file' | 'source-version' | 'source-modified' | 'record' | 'run-id' | 'ingested-at';

/** One table that rows go to. */
export interface OutputSpec {
  /** Unique in the spec, 1-64 letters, digits, `_` or `-`. */
  name: string;
  /** Key of a registered sink. */
  sink: string;
  /** Checked by the sink's own schema: table name, partitioning. */
  options: Json;
  filter?: Expression;
  /**
   * `raw`: the unit's bytes, for a landing copy. `explode`: each element of the list at that place becomes a row, beside the other columns of its
   * record; a record without elements stays one row. The objects that lead to the list are flattened.
   */
  rows: 'accepted' | 'rejected' | 'raw' | { explode: Path };
  /** Default: nested data stays nested. */
  flatten?: FlattenSpec;
  columns: Record<string, ColumnSpec>;
  /** Default file, version, ingested-at. */
  provenance: ProvenanceColumn[];
  /** Absent: `append`, and a plan refuses it where the commits before replaced rows: a mode that was forgotten would add them a second time. */
  mode?: WriteMode;
}

/** What becomes of rows that the table has already. */
export type WriteMode =
  | { kind: 'append' }
  | { kind: 'overwrite-partitions' | 'overwrite-table' }
  | { kind: 'merge'; keys: string[]; newest: string[] };
