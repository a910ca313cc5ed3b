import { readFileSync } from 'node:fs';
import { CalveError, type Recovery } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { type ExitCode, exitCodeOf, exitCodeOfFiles } from './exit-code.ts';

/** Every code of core, by how a command ends that fails with it. */
const TABLE: Readonly<Record<Exclude<ExitCode, 0>, string>> = {
  1: `CLOSED WORKER_ENDED SOURCE_ACCESS_DENIED SOURCE_EMPTY SOURCE_UNAVAILABLE OBJECT_UNCHANGED OBJECT_SAME_CONTENT FORMAT_DETECTED SCHEMA_COLUMN_ADDED
    SCHEMA_COLUMN_IGNORED SCHEMA_COLUMN_EMPTY PLAN_STALE PLAN_INCOMPLETE COUNT_MISMATCH LISTENER_FAILED INGESTION_BUSY CHECKPOINT_SUPERSEDED CHECKPOINT_UNAVAILABLE
    CHECKPOINT_OUTCOME_UNKNOWN COMMIT_CONFLICT COMMIT_REFUSED COMMIT_STATE_UNKNOWN STAGED_FILES_MISSING BATCH_RELEASED INTERNAL
    CHECKPOINT_BEHIND MARKER_BEHIND MARKER_CONFLICT TABLE_REPLACED TABLE_ROLLED_BACK
    OBJECT_REPLACED SCHEMA_COLUMN_RESCUED VALUES_RESCUED OVERWRITE_EMPTY OVERWRITE_INCOMPLETE REPLACED_ROWS_MISSING CORRECTION_EMPTY REWRITE_CONFLICT`,
  10: `OBJECT_CHANGED OBJECT_NOT_FOUND OBJECT_CHANGED_AFTER_LOAD FORMAT_UNKNOWN FORMAT_AMBIGUOUS MALFORMED_UNIT FILE_EMPTY TEXT_MALFORMED
    LIMIT_FILE LIMIT_RATIO LIMIT_LINE LIMIT_CELL LIMIT_COLUMNS LIMIT_HEADER LIMIT_NAME LIMIT_TIME LIMIT_MEMORY DECODER_CRASHED
    UNITS_SET_ASIDE REJECTED_LIMIT VALUE_REJECTED ROWS_NOT_REPLAYED`,
  20: `SCHEMA_TYPE_CONFLICT SCHEMA_VALUES_REFUTED SCHEMA_FORMAT_UNDECLARED SCHEMA_MIXED_TYPES SCHEMA_COLUMN_HELD SCHEMA_COLUMN_MISSING SCHEMA_COLUMN_UNKNOWN
    SCHEMA_RESERVED_NAME SCHEMA_NAME_CONFLICT SCHEMA_IMPOSSIBLE SCHEMA_CHANGED WRITE_MODE_MISSING`,
  30: 'SPEC_INVALID OPTIONS_INVALID CONFIGURATION_INVALID CONTRACT_UNSUPPORTED ENVIRONMENT_MISSING SOURCE_NOT_FOUND SOURCE_REFUSED PLAN_INVALID PATCH_UNFIT OVERWRITE_TOO_LARGE MERGE_TOO_LARGE',
  130: 'CANCELLED',
};
const rows = Object.entries(TABLE).flatMap(([exitCode, codes]) =>
  codes.split(/\s+/).map((code) => [code, Number(exitCode)] as const),
);

const error = (code: string, recovery: Recovery['kind'] = 'fix-input'): CalveError =>
  new CalveError(code, 'Words.', { recovery: recovery === 'decide' ? { kind: 'decide', choices: [] } : recovery });

function setAside(outcome: string, codes: readonly string[]): CalveError {
  return new CalveError('UNITS_SET_ASIDE', 'Words.', {
    diagnostics: codes.map((code) => ({ code, severity: 'error', message: 'Words.' })),
    context: { result: { outcome } },
  });
}

describe('exitCodeOf', () => {
  it('has a row for every code of core', () => {
    const source = readFileSync(new URL('../../core/src/errors/error-code.ts', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(60);
    expect(rows.map(([code]) => code).sort()).toEqual(codes.sort());
  });

  it.each(rows)('%s ends with %i', (code, exitCode) => {
    expect(exitCodeOf(error(code))).toBe(exitCode);
  });

  it.each([
    ['ICEBERG_CATALOG_UNAVAILABLE', 'retry', 1],
    ['ICEBERG_FILE_MISSING', 'fix-input', 1],
    ['ICEBERG_TRANSFORM_UNSUPPORTED', 'fix-input', 30],
    ['ICEBERG_LAKE_MOVED', 'decide', 1],
    ['SOMEBODY_ELSES_CODE', 'decide', 1],
    ['TypeError', 'report', 1],
    ['toString', 'report', 1],
  ] as const)('%s of a plugin (%s) ends with %i', (code, recovery, exitCode) => {
    expect(exitCodeOf(error(code, recovery))).toBe(exitCode);
  });

  it.each([
    ['held', ['FORMAT_UNKNOWN'], 10],
    ['held', ['CSV_NOT_TEXT', 'SCHEMA_TYPE_CONFLICT'], 20],
    ['held', ['SCHEMA_COLUMN_HELD'], 20],
    ['failed', ['SCHEMA_TYPE_CONFLICT', 'SOURCE_UNAVAILABLE'], 1],
  ] as const)('files set aside in a run that %s by %s end with %i', (outcome, codes, exitCode) => {
    expect(exitCodeOf(setAside(outcome, codes))).toBe(exitCode);
  });
});

describe('exitCodeOfFiles', () => {
  it('is 0 when no file is set aside', () => {
    expect(exitCodeOfFiles({ hasFailed: false, codes: [] })).toBe(0);
  });
});
