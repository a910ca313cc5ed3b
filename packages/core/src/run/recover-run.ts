import { wasNeverSent } from '../checkpoint/intent-journal.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import { abandonOutputs, type CommitRequest, commitBatch, sinkOf } from './commit-batch.ts';
import type { Journal } from './journal.ts';

/** What was found at the start of a run. */
export type Recovery =
  | { kind: 'nothing-open' }
  /** An intent that surely nobody had applied was dropped; its units will be planned again. */
  | { kind: 'dropped' }
  /** An open commit was brought to its end. */
  | { kind: 'finished'; records: UnitRecord[]; snapshots: Record<string, string> };

/**
 * Deals with the intent that an earlier process left open. What was announced only is dropped; what was staged is committed with the
 * same files; what was sent is settled by the evidence in the table. Nothing is written twice and nothing is deleted that may be live.
 *
 * @param joining Commit id of a plan that this worker is about to apply: an intent for the very same commit is left to it.
 */
export async function recoverRun(request: CommitRequest, joining: string | null): Promise<Recovery> {
  const { journal, lease, connections } = request;
  await journal.load();
  // Another worker may be in the middle of it; what it leaves is looked at anew.
  if (journal.intent && (await lease.hold()) === 'waited') await journal.load();
  const { intent } = journal;
  if (!intent || intent.commitId === joining) return { kind: 'nothing-open' };
  const planned = Object.values(intent.outputs).some(({ state }) => state === 'planned');
  if (planned || (wasNeverSent(intent) && !(await stagedFilesExist()))) {
    if (!(await journal.advanceIntent(null))) return recoverRun(request, joining);
    if (!planned) await abandonOutputs(intent, request);
    return { kind: 'dropped' };
  }
  const version = versionOf(journal);
  let end: Awaited<ReturnType<typeof commitBatch>>;
  try {
    end = await commitBatch(intent.commitId, request);
  } catch (error) {
    // The table changed since it was planned and nothing of it was applied: the commit is given up and its units are planned again.
    if (CalveError.is(error) && error.recovery.kind === 'replan' && journal.intent === null) return { kind: 'dropped' };
    // Another worker was at it too, and one change of the journal was lost: how far it came is looked at anew.
    if (CalveError.is(error) && error.code === 'REWRITE_CONFLICT' && versionOf(journal) !== version)
      return recoverRun(request, joining);
    throw error;
  }
  if (end.kind === 'by-another-worker') return { kind: 'nothing-open' };
  return { kind: 'finished', records: end.intent.records, snapshots: snapshotsOf(end.intent) };

  async function stagedFilesExist(): Promise<boolean> {
    for (const name of Object.keys(intent?.outputs ?? {})) {
      if (intent && !(await (await sinkOf(connections, intent, name)).stagedFilesExist(intent, name))) return false;
    }
    return true;
  }
}

function versionOf({ current }: Journal): string {
  return current === 'absent' ? current : current.version;
}

/** Per committed output, the snapshot that carries its rows. */
export function snapshotsOf(intent: { outputs: Record<string, { state: string; snapshot: string }> }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(intent.outputs).flatMap(([name, { state, snapshot }]) => (state === 'committed' ? [[name, snapshot]] : [])),
  );
}
