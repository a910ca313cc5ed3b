import type { RowCounts, UnitRecord, UnitState } from '../checkpoint/unit-record.ts';
import { CalveError, type CalveErrorData } from '../errors/calve-error.ts';
import type { Recovery } from '../errors/recovery.ts';
import type { Json } from '../json/json.ts';
import { sumCounts } from './count-rows.ts';
import type { RunOptions, RunResult } from './run-event.ts';

/** Adds up what a run did, over all its commits. */
export class RunTally {
  /** Units that somebody has to look at, by their keys. */
  readonly #open = new Map<string, UnitRecord>();
  readonly #units: Record<UnitState, number> = { ingested: 0, skipped: 0, held: 0, quarantined: 0, failed: 0 };
  #counts: Record<string, RowCounts> = {};
  #snapshots: Record<string, string> = {};
  #committed = false;
  #appliedBefore: RunResult['appliedBefore'];
  /** Keys of copies, which are loaded after all when what they are copies of is gone. */
  readonly #copies = new Set<string>();

  /**
   * Units that ended without being loaded.
   *
   * @returns Those that had not ended the same way before: a run that plans again finds a copy that waits for a decision once more.
   */
  setAside(records: readonly UnitRecord[]): UnitRecord[] {
    return records.filter((record) => {
      const { key } = record.unit;
      const before = this.#open.get(key);
      if (before && before.state === record.state && before.code === record.code) return false;
      this.#reopen(key);
      this.#units[record.state === 'ingested' ? 'skipped' : record.state] += 1;
      if (record.code === 'OBJECT_SAME_CONTENT' && record.state === 'skipped') this.#copies.add(key);
      if (record.state === 'held' || record.state === 'quarantined' || record.state === 'failed') this.#open.set(key, record);
      return true;
    });
  }

  /** Units that are going to be loaded now; each is counted where it ends, and not where it was before in the same run. */
  reconsidered(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#copies.delete(key)) this.#units.skipped -= 1;
      this.#reopen(key);
    }
  }

  #reopen(key: string): void {
    const before = this.#open.get(key);
    if (before) this.#units[before.state] -= 1;
    this.#open.delete(key);
  }

  /** The plan that this run was to apply was applied before. */
  appliedBefore(before: NonNullable<RunResult['appliedBefore']>): void {
    this.#appliedBefore = before;
  }

  committed(records: readonly UnitRecord[], snapshots: Readonly<Record<string, string>>): void {
    this.#committed = true;
    this.#units.ingested += records.length;
    this.#snapshots = { ...this.#snapshots, ...snapshots };
    this.#counts = sumCounts([{ counts: this.#counts }, ...records]);
  }

  result(outcome: RunResult['outcome']): RunResult {
    const result: RunResult = { outcome, units: { ...this.#units }, counts: this.#counts, snapshots: this.#snapshots };
    return this.#appliedBefore === undefined ? result : { ...result, appliedBefore: this.#appliedBefore };
  }

  /** The result, or the error that must not be overlooked. */
  conclude(allow: RunOptions['allow'] = []): { result: RunResult; error: CalveError | null } {
    const open = [...this.#open.values()].filter(({ state }) => !(allow as readonly string[]).includes(state));
    if (open.length === 0) return { result: this.result(this.#committed ? 'committed' : 'nothing-new'), error: null };
    const result = this.result(open.some(({ state }) => state === 'failed') ? 'failed' : 'held');
    const rest = this.#committed ? 'The rest is committed.' : 'Nothing was committed.';
    const first = open[0]?.finding?.message ?? '';
    const error = new CalveError(
      'UNITS_SET_ASIDE',
      `${open.length} ${open.length === 1 ? 'file was' : 'files were'} set aside. ${rest} The first one: ${first}`,
      {
        recovery: recoveryOf(open),
        diagnostics: open.flatMap(({ finding }) => (finding ? [finding] : [])),
        context: { result: result as unknown as Json },
      },
    );
    return { result, error };
  }

  /** An error of the run itself, with the result that it leaves. */
  fail(error: CalveErrorData): { result: RunResult; error: CalveError } {
    const outcome = outcomeOf(error);
    const result = this.result(outcome);
    const context =
      error.context !== null && typeof error.context === 'object' && !Array.isArray(error.context) ? error.context : {};
    return {
      result,
      error: new CalveError(error.code, error.message, { ...error, context: { ...context, result: result as unknown as Json } }),
    };
  }
}

/** Files that only changed under a plan need a new plan; others need somebody who decides. */
function recoveryOf(open: readonly UnitRecord[]): Recovery {
  const needsPlan = ['OBJECT_CHANGED', 'OBJECT_NOT_FOUND', 'PLAN_INCOMPLETE'];
  if (open.every(({ code }) => needsPlan.includes(code ?? ''))) return { kind: 'replan' };
  if (open.every(({ state }) => state === 'failed')) return { kind: 'retry' };
  const hasFixes = open.some(({ finding }) => (finding?.fixes?.length ?? 0) > 0);
  return {
    kind: 'decide',
    choices: ['fix the files', ...(hasFixes ? ['change the spec as the findings propose'] : []), 'allow these states'],
  };
}

function outcomeOf({ code, recovery }: CalveErrorData): RunResult['outcome'] {
  if (code === 'CANCELLED') return 'cancelled';
  if (recovery.kind === 'verify') return 'unknown';
  return recovery.kind === 'decide' ? 'held' : 'failed';
}
