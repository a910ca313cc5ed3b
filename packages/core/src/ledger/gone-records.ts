import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { OBJECT_REPLACED } from '../plan/superseded-records.ts';
import type { RollbackChoice } from './accept-rollback.ts';
import type { GoneCommits } from './gone-commits.ts';
import { COUNTED_AS_LOADED } from './unknown-content.ts';

/** Code of records whose rows went with a rollback and which are planned again. */
export const ROLLED_BACK = 'TABLE_ROLLED_BACK';

/**
 * What a rollback did to a file.
 *
 * - `there`: its rows are where they were, or it has none.
 * - `gone`: they went from the table of accepted rows.
 * - `back`: they had gone, and came back.
 * - `untold`: only the rows of the table can tell whether it is there.
 */
export type RecordFate = 'there' | 'gone' | 'back' | 'untold';

/** Tells from the ledger and the snapshots of the first table what became of a file. Pure. */
export function fateOfRecord(record: UnitRecord, commits: GoneCommits, output: string): RecordFate {
  const { state, code, sequence } = record;
  if (state === 'failed' && code === ROLLED_BACK) {
    const returned = commits.returnOf(sequence);
    return returned === 'gone' ? 'there' : returned;
  }
  // Its rows went with the commit of a corrected version, and are there again when that one went.
  if (state === 'skipped' && code === OBJECT_REPLACED) return commits.fateOf(sequence) === 'there' ? 'there' : 'untold';
  // What somebody counted as loaded never had rows.
  if (state !== 'ingested' || code === COUNTED_AS_LOADED) return 'there';
  const fate = commits.fateOf(sequence);
  return fate === 'untold' && (record.counts?.[output]?.written ?? 0) === 0 ? 'there' : fate;
}

/**
 * The same for a file that only the rows can tell about.
 *
 * @param hasRows The table holds rows of this version.
 */
export function fateByRows({ state }: UnitRecord, hasRows: boolean): Exclude<RecordFate, 'untold'> {
  if (state === 'ingested') return hasRows ? 'there' : 'gone';
  return hasRows ? 'back' : 'there';
}

/** The record of a file after somebody chose what becomes of it. Number and counts stay while it waits, so that it is known should its rows come back. */
export function recordAfter(record: UnitRecord, fate: 'gone' | 'back', choice: RollbackChoice): UnitRecord {
  const { finding: _finding, code, loadedIn = null, ...plain } = record;
  // The number of what was replaced is that of the commit that replaced it.
  if (fate === 'back') return { ...plain, state: 'ingested', sequence: code === OBJECT_REPLACED ? loadedIn : plain.sequence };
  if (choice.reingest)
    return { ...plain, state: 'failed', code: ROLLED_BACK, finding: findingOf(record, ROLLED_BACK, 'it loads again') };
  const finding = findingOf(record, COUNTED_AS_LOADED, 'somebody decided that it counts as loaded');
  return { ...plain, state: 'ingested', sequence: null, counts: null, code: COUNTED_AS_LOADED, finding };
}

function findingOf({ unit, sequence }: UnitRecord, code: Diagnostic['code'], what: string): Diagnostic {
  const name = unit.kind === 'object' ? unit.uri : unit.key;
  const commit = sequence === null ? 'a commit' : `commit ${sequence}`;
  return {
    code,
    severity: 'info',
    message: `The rows of ${name} were in ${commit}, before which the table was rolled back: ${what}.`,
    at: { unit: unit.key },
  };
}
