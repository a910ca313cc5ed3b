import { CalveError } from '../errors/calve-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import { ACCEPT_ROLLBACK, PUT_BACK, ROLL_BACK_AGAIN } from '../ledger/rollback-choices.ts';
import type { TableEvidence } from '../sink/sink.ts';

// What to say when state and table do not fit together. All of it is for somebody to decide: recovery `decide`.

/** What state and table say of one ingestion. */
export interface EvidenceFacts {
  table: string;
  state: string;
  ingestion: string;
  /** Commits that the state knows, and those that the table proves. */
  committed: number;
  proven: number;
}

/** The table has gone back to before what it proves. */
export function rolledBack(
  table: string,
  ingestion: string,
  { sequence, snapshot }: TableEvidence,
  rollback: NonNullable<TableEvidence['rollback']>,
): CalveError {
  const commit = `commit ${sequence} of ingestion "${ingestion}" (snapshot ${snapshot})`;
  const found = {
    'rolled-back': `The table ${table} was rolled back to before ${commit}: the rows of that commit, and perhaps of earlier ones, are not in it any more.`,
    undecidable: `Whether the table ${table} was rolled back to before ${commit} cannot be told, since the history that would tell has expired.`,
    'came-back': `The table ${table} was rolled back to before ${commit}, which was accepted so that files load again, and now that snapshot is back: the rows of those files would be there twice.`,
  }[rollback];
  const back = rollback === 'came-back' ? ROLL_BACK_AGAIN : PUT_BACK;
  const ways =
    rollback === 'came-back'
      ? 'Roll the table back again, or accept it as it is now'
      : 'Put the table back to that snapshot, or accept the rollback and say whether the files that went load again';
  return new CalveError('TABLE_ROLLED_BACK', `${found} Nothing is loaded until somebody decides. ${ways}.`, {
    recovery: { kind: 'decide', choices: [back, ACCEPT_ROLLBACK] },
    context: { table, ingestion, sequence, snapshot, rollback },
  });
}

/** Ways out that keep the table: `Calve.adopt` and `Calve.reset`. */
const ADOPT = 'adopt the table, which rebuilds the state from its rows';
const RESET = 'reset the ledger, which keeps the table and begins the state anew';

/** A second id alone would load everything once more into the same table. */
const ANEW = 'use another ingestion id together with another table';

/** The table proves commits that the state does not know. */
export function stateBehind(facts: EvidenceFacts): CalveError {
  const { table, state, ingestion, committed, proven } = facts;
  const lost = committed === 0;
  return undecided(
    'CHECKPOINT_BEHIND',
    `The table ${table} holds ${commits(proven)} of ingestion "${ingestion}", but the state ${state} knows ${lost ? 'none' : `only ${committed}`}: ` +
      `${lost ? 'the state was deleted, or it is not the one that belongs to this table' : 'it is an old copy'}. Nothing is loaded, since files would be loaded a second time. ` +
      `${lost ? 'Restore the state from a backup, name the right one' : 'Restore the newest copy of the state'}, or ${ADOPT}; to load everything again, ${ANEW}.`,
    ['restore the state', ADOPT, ANEW],
    facts,
  );
}

/** A table beside the main one proves commits that neither the state nor the main table know. */
export function companionAhead(mainTable: string, facts: EvidenceFacts): CalveError {
  const { table, state, ingestion, committed, proven } = facts;
  return undecided(
    'CHECKPOINT_BEHIND',
    `The table ${table} holds ${commits(proven)} of ingestion "${ingestion}", but the state ${state} and the table ${mainTable} know ` +
      `${committed === 0 ? 'none' : `only ${committed}`}: ${mainTable} was deleted or put back, and ${table} was not. Nothing is loaded. Restore ${mainTable} and the state ` +
      `that belongs to both; to load everything again, drop ${table} too, or ${ANEW}.`,
    [`restore ${mainTable} and the state that belongs to both`, `drop ${table} too`, ANEW],
    facts,
  );
}

/** The state cannot tell these apart: it does not know the name of the table that it wrote to. */
const OTHER_NAME = 'the spec names another table than before';
const EARLIER_NAME = 'name the earlier table';

/** The state knows commits of a table that is not there. @param left Tables beside it that still hold commits. */
export function tableGone(facts: EvidenceFacts, left: readonly string[]): CalveError {
  const { table, state, ingestion, committed } = facts;
  return undecided(
    'MARKER_BEHIND',
    `The state ${state} knows ${commits(committed)} of ingestion "${ingestion}", but the table ${table} does not exist: ${OTHER_NAME}, the table was ` +
      'deleted, or this is another lake. Nothing is loaded until somebody decides. Name the earlier table, restore the deleted one, or name the lake that ' +
      `belongs to this state; to load everything again, into ${table}, use another ingestion id${left.length === 0 ? ' or' : `, or ${dropping(left)}, and`} begin with a new state.`,
    [
      ...[EARLIER_NAME, 'restore the deleted table'],
      ...(left.length === 0
        ? ['use another ingestion id or a new state to load everything again']
        : ['use another ingestion id to load everything again', `${dropping(left)}, and begin with a new state`]),
      resetting(left),
    ],
    facts,
  );
}

/** What has to be done before the state begins anew. @param left Tables that would be ahead of it. */
function dropping(left: readonly string[]): string {
  return `drop ${left.join(' and ')} too, where rows of these commits are left`;
}

/** Resetting, and what has to be done before. The words that tell the way come first: who reads them looks there. */
function resetting(left: readonly string[]): string {
  return left.length === 0 ? RESET : `${RESET}; before that, ${dropping(left)}`;
}

/** The state knows commits that the table does not prove. @param left Tables beside it that still hold commits. */
export function tableBehind(facts: EvidenceFacts, left: readonly string[]): CalveError {
  const { table, state, ingestion, committed, proven } = facts;
  const isNone = proven === 0;
  return undecided(
    'MARKER_BEHIND',
    `The state ${state} knows ${commits(committed)} of ingestion "${ingestion}", but the table ${table} holds ${isNone ? 'none' : `only ${proven}`} of them: ` +
      `${isNone ? `${OTHER_NAME}, or the table` : 'it'} was rolled back, restored from an old copy or made anew. Nothing is loaded until somebody decides. ` +
      `${isNone ? 'Name the earlier table, or restore' : 'Restore'} the newest copy of the table; to load everything again, ${ANEW}.`,
    [...(isNone ? [EARLIER_NAME] : []), 'restore the table', isNone ? resetting(left) : RESET, ANEW],
    facts,
  );
}

/** State and table are of two histories. */
export function otherHistory(facts: EvidenceFacts): CalveError {
  const { table, state, ingestion } = facts;
  return undecided(
    'MARKER_CONFLICT',
    `The table ${table} and the state ${state} hold different histories of ingestion "${ingestion}": the state, or the catalog that names this table, is that of another ` +
      `lake, or two states write to one table under one id. Nothing is loaded. Put back or name the state that belongs to this table, or ${ANEW}.`,
    ['use the state that belongs to this table', ANEW],
    facts,
  );
}

function undecided(
  code: ErrorCode,
  message: string,
  choices: string[],
  { table, state, committed, proven }: EvidenceFacts,
): CalveError {
  return new CalveError(code, message, {
    recovery: { kind: 'decide', choices },
    context: { table, state, ledger: committed, table_evidence: proven },
  });
}

function commits(count: number): string {
  return count === 1 ? 'one commit' : `${count} commits`;
}
