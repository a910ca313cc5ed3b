import type { CalveErrorData, ErrorCode } from '@calve/core';

/**
 * How a command ended, for scripts.
 *
 * - `0`: done, or nothing was new.
 * - `1`: an error.
 * - `10`: files are held or quarantined, or too many rows are bad.
 * - `20`: a decision about a schema change is needed.
 * - `30`: the command line, the spec or the plan file is wrong.
 * - `130`: cancelled.
 */
export type ExitCode = 0 | 1 | 10 | 20 | 30 | 130;

const DONE = 0;
const ERROR = 1;
const HELD = 10;
const SCHEMA = 20;
const CONFIGURATION = 30;
const CANCELLED = 130;

/** Codes that core knows. A code about one file or value says what becomes of the run when that is all that is wrong. */
const CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  SPEC_INVALID: CONFIGURATION,
  OPTIONS_INVALID: CONFIGURATION,
  CONFIGURATION_INVALID: CONFIGURATION,
  CONTRACT_UNSUPPORTED: CONFIGURATION,
  ENVIRONMENT_MISSING: CONFIGURATION,
  CLOSED: ERROR,
  SOURCE_NOT_FOUND: CONFIGURATION,
  SOURCE_ACCESS_DENIED: ERROR,
  SOURCE_EMPTY: DONE,
  SOURCE_UNAVAILABLE: ERROR,
  SOURCE_REFUSED: CONFIGURATION,
  OBJECT_CHANGED: HELD,
  OBJECT_NOT_FOUND: HELD,
  OBJECT_CHANGED_AFTER_LOAD: HELD,
  OBJECT_UNCHANGED: DONE,
  OBJECT_REPLACED: DONE,
  OBJECT_SAME_CONTENT: DONE,
  FORMAT_UNKNOWN: HELD,
  FORMAT_AMBIGUOUS: HELD,
  FORMAT_DETECTED: DONE,
  MALFORMED_UNIT: HELD,
  FILE_EMPTY: HELD,
  TEXT_MALFORMED: HELD,
  LIMIT_FILE: HELD,
  LIMIT_RATIO: HELD,
  LIMIT_LINE: HELD,
  LIMIT_CELL: HELD,
  LIMIT_COLUMNS: HELD,
  LIMIT_HEADER: HELD,
  LIMIT_NAME: HELD,
  LIMIT_TIME: HELD,
  LIMIT_MEMORY: HELD,
  WORKER_ENDED: ERROR,
  DECODER_CRASHED: HELD,
  SCHEMA_TYPE_CONFLICT: SCHEMA,
  SCHEMA_VALUES_REFUTED: SCHEMA,
  SCHEMA_FORMAT_UNDECLARED: SCHEMA,
  SCHEMA_MIXED_TYPES: SCHEMA,
  SCHEMA_COLUMN_ADDED: DONE,
  SCHEMA_COLUMN_HELD: SCHEMA,
  SCHEMA_COLUMN_IGNORED: DONE,
  SCHEMA_COLUMN_MISSING: SCHEMA,
  SCHEMA_COLUMN_EMPTY: DONE,
  SCHEMA_COLUMN_UNKNOWN: SCHEMA,
  SCHEMA_COLUMN_RESCUED: DONE,
  SCHEMA_NAME_CONFLICT: SCHEMA,
  SCHEMA_RESERVED_NAME: SCHEMA,
  WRITE_MODE_MISSING: SCHEMA,
  SCHEMA_IMPOSSIBLE: SCHEMA,
  SCHEMA_CHANGED: SCHEMA,
  PLAN_STALE: ERROR,
  PLAN_INVALID: CONFIGURATION,
  PLAN_INCOMPLETE: ERROR,
  UNITS_SET_ASIDE: HELD,
  REJECTED_LIMIT: HELD,
  VALUES_RESCUED: DONE,
  VALUE_REJECTED: HELD,
  COUNT_MISMATCH: ERROR,
  ROWS_NOT_REPLAYED: HELD,
  PATCH_UNFIT: CONFIGURATION,
  LISTENER_FAILED: ERROR,
  CANCELLED: CANCELLED,
  INGESTION_BUSY: ERROR,
  CHECKPOINT_SUPERSEDED: ERROR,
  CHECKPOINT_BEHIND: ERROR,
  CHECKPOINT_UNAVAILABLE: ERROR,
  CHECKPOINT_OUTCOME_UNKNOWN: ERROR,
  MARKER_BEHIND: ERROR,
  MARKER_CONFLICT: ERROR,
  REWRITE_CONFLICT: ERROR,
  OVERWRITE_TOO_LARGE: CONFIGURATION,
  OVERWRITE_INCOMPLETE: ERROR,
  OVERWRITE_EMPTY: DONE,
  MERGE_TOO_LARGE: CONFIGURATION,
  REPLACED_ROWS_MISSING: DONE,
  CORRECTION_EMPTY: DONE,
  TABLE_REPLACED: ERROR,
  TABLE_ROLLED_BACK: ERROR,
  COMMIT_CONFLICT: ERROR,
  COMMIT_REFUSED: ERROR,
  COMMIT_STATE_UNKNOWN: ERROR,
  STAGED_FILES_MISSING: ERROR,
  BATCH_RELEASED: ERROR,
  INTERNAL: ERROR,
};

/** Codes of plugins that speak of the spec; all others of them are errors. */
const PLUGIN_CODES: ReadonlyMap<string, ExitCode> = new Map([
  ['ICEBERG_LOCATION_UNSUPPORTED', CONFIGURATION],
  ['ICEBERG_TRANSFORM_UNSUPPORTED', CONFIGURATION],
  ['ICEBERG_NOT_A_TABLE', CONFIGURATION],
]);

/** How a command ends that failed with this error. Pure. */
export function exitCodeOf(error: CalveErrorData): ExitCode {
  if (error.code === 'UNITS_SET_ASIDE') {
    return (
      exitCodeOfFiles({ hasFailed: outcomeIn(error) === 'failed', codes: error.diagnostics.map(({ code }) => code) }) || HELD
    );
  }
  if (isKnown(error.code)) {
    // What is no failure of a plan or a file is one when it ends a command.
    return CODES[error.code] || ERROR;
  }
  return PLUGIN_CODES.get(error.code) ?? ERROR;
}

/**
 * How a command ends that sets files aside. One that failed for a reason outside of the data comes first, then one that waits for a decision
 * about the schema.
 *
 * @param files Of the files that are held, quarantined or failed and not allowed to be: the codes that say why.
 */
export function exitCodeOfFiles(files: { hasFailed: boolean; codes: readonly string[] }): ExitCode {
  if (files.hasFailed) return ERROR;
  if (files.codes.length === 0) return DONE;
  return files.codes.some((code) => isKnown(code) && CODES[code] === SCHEMA) ? SCHEMA : HELD;
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}

/** Of the run result that such an error carries. */
function outcomeIn({ context }: CalveErrorData): unknown {
  const result = (context as { result?: { outcome?: unknown } } | null)?.result;
  return result?.outcome;
}
