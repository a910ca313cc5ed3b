import type { CommitIntent, Prepared, TableEvidence } from '@calve/core/plugin';
import { ACCEPT_ROLLBACK, CalveError, PUT_BACK, ROLL_BACK_AGAIN } from '@calve/core/plugin';
import type { Decision } from './decide.ts';

/** An answer of `prepare` that ends the intent's way to the table. */
export type Stop = Extract<Prepared, { kind: 'stop' }>;

/** Stops with an error. */
export function stop(...error: ConstructorParameters<typeof CalveError>): Stop {
  return { kind: 'stop', error: new CalveError(...error).toJSON() };
}

/** The answer for a decision that forbids sending. */
export function stopFor(
  decision: Exclude<Decision, 'send' | 'committed'>,
  table: string,
  intent: CommitIntent,
  evidence: TableEvidence | null,
): Stop {
  const batch = `batch ${intent.sequence} of ${intent.key.tenant}/${intent.key.ingestion}`;
  const found = evidence === null ? 'no batch at all' : `batch ${evidence.sequence}`;
  const context = {
    table,
    sequence: intent.sequence,
    commitId: intent.commitId,
    evidence: evidence === null ? null : { ...evidence },
  };
  switch (decision) {
    case 'marker-conflict':
      return stop(
        'MARKER_CONFLICT',
        `${table} holds another commit as ${batch}: two states of the same ingestion write to it. Use one state store, or give one of them another id.`,
        { recovery: { kind: 'decide', choices: ['halt'] }, context },
      );
    case 'table-ahead':
      return stop(
        'CHECKPOINT_BEHIND',
        `${table} holds ${found} already, but ${batch} was to be written: another worker went on, or the state is an old backup. Read the state again.`,
        { recovery: 'verify', context },
      );
    case 'marker-behind':
      return stop(
        'MARKER_BEHIND',
        `${table} shows ${found}, but ${batch} was to be written: the property was removed, or the table was rebuilt or rolled back.`,
        { recovery: { kind: 'decide', choices: ['halt', 'reingest'] }, context },
      );
    case 'rolled-back':
      return stop(
        'TABLE_ROLLED_BACK',
        `${table} was rolled back: the snapshot of ${found} is no longer part of its history. Put it back, or accept the rollback and say whether the files that went load again.`,
        { recovery: { kind: 'decide', choices: [PUT_BACK, ACCEPT_ROLLBACK] }, context },
      );
    case 'rollback-undecidable':
      return stop(
        'TABLE_ROLLED_BACK',
        `Whether ${table} was rolled back cannot be told: the history between its head and the snapshot of ${found} has expired. Put it back, or accept what there is and say whether what is missing loads again.`,
        { recovery: { kind: 'decide', choices: [PUT_BACK, ACCEPT_ROLLBACK] }, context },
      );
    case 'snapshot-came-back':
      return stop(
        'TABLE_ROLLED_BACK',
        `${table} was rolled back, which was accepted so that files load again, and now the snapshot of ${found} is part of its history once more: the rows of those files would be there twice. Roll the table back again, or accept it as it is now.`,
        { recovery: { kind: 'decide', choices: [ROLL_BACK_AGAIN, ACCEPT_ROLLBACK] }, context },
      );
  }
}
