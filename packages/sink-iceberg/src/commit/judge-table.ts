import type { CommitIntent, Prepared } from '@calve/core/plugin';
import type { LoadedTable } from '../catalog/catalog.ts';
import { decide } from './decide.ts';
import { tableEvidence } from './evidence.ts';
import type { OutputOfIntent } from './intent-output.ts';
import { stop, stopFor } from './stop.ts';
import { isAsPlanned } from './table-change.ts';

/**
 * Whether an output of an intent may be sent to the table as it is now. Pure; asked anew in every attempt.
 *
 * @returns `send`, or the answer that `prepare` gives instead.
 */
export function judgeTable(
  loaded: LoadedTable | 'absent',
  intent: CommitIntent,
  output: OutputOfIntent,
): 'send' | Exclude<Prepared, { kind: 'ready' }> {
  const { target, journaled, isFirst } = output;
  const { sequence, commitId } = intent;
  if (loaded === 'absent') {
    if (journaled.identity !== 'absent')
      return stop('TABLE_REPLACED', `${target.table} was dropped after the plan was made.`, {
        recovery: { kind: 'decide', choices: ['halt', 'reingest'] },
        context: { table: target.table, planned: journaled.identity },
      });
    const decision = decide({ evidence: null, sequence, commitId, isFirstOutput: isFirst });
    return decision === 'send' || decision === 'committed' ? 'send' : stopFor(decision, target.table, intent, null);
  }
  const { metadata } = loaded;
  if (journaled.identity !== 'absent' && journaled.identity !== metadata['table-uuid'])
    return stop('TABLE_REPLACED', `${target.table} was dropped and created again after the plan was made.`, {
      recovery: { kind: 'decide', choices: ['halt', 'reingest'] },
      context: { table: target.table, planned: journaled.identity, found: metadata['table-uuid'] },
    });
  const evidence = tableEvidence(metadata, intent.key, journaled.accepted);
  // Our own ledger made this table: the intent is done, or its state is an old copy, and planning again would not help.
  const isAsFar = evidence?.sequence === sequence && (isFirst || evidence.commitId === commitId);
  const isOfThisLedger = isAsFar || (evidence !== null && evidence.sequence > sequence);
  // Another output of the intent may be in its table already, so a second table that came into being as planned is taken as it is.
  if (journaled.identity === 'absent' && !isOfThisLedger && (isFirst || !isAsPlanned(loaded, output)))
    return stop(
      'PLAN_STALE',
      `${target.table} did not exist when the plan was made; somebody has created it since. Plan again.`,
      {
        recovery: 'replan',
        context: { table: target.table, found: metadata['table-uuid'] },
      },
    );
  const decision = decide({ evidence, sequence, commitId, isFirstOutput: isFirst });
  if (decision === 'send') return 'send';
  if (decision === 'committed') return { kind: 'already-committed', snapshot: evidence?.snapshot ?? journaled.snapshot };
  return stopFor(decision, target.table, intent, evidence);
}
