import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import type { TableEvidence, TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import type { Connections } from './connections.ts';

/**
 * Compares the state with what the table itself proves, before anything is planned: a state from an old backup, or a table that was
 * deleted or rolled back, must not lead to duplicates or gaps.
 *
 * @param state Where the state is, for people.
 * @throws {CalveError} `CHECKPOINT_BEHIND`, `MARKER_BEHIND` or `MARKER_CONFLICT`, recovery `decide`; what the sink says of a table that is damaged.
 */
export async function assertEvidenceFits(
  key: LedgerKey,
  head: VersionedHead | 'absent',
  spec: IngestionSpec,
  connections: Connections,
  tables: Readonly<Record<string, TableState | 'absent'>>,
  state: string,
): Promise<void> {
  const main = spec.outputs[0] as OutputSpec;
  if (head !== 'absent' && head.head.intent) return;
  const committed = head === 'absent' ? 0 : (head.head.committed[main.name] ?? 0);
  const sink = await connections.sink(main.sink);
  const { name: table } = sink.describe(main.options);
  const evidence = await sink.evidence(main.options, key);
  const isAbsent = tables[main.name] === 'absent';
  const facts: Facts = { table, state, ingestion: key.ingestion, committed, proven: evidence?.sequence ?? 0 };
  if (evidence && head !== 'absent' && committed > 0 && isOtherHistory(evidence, head.head, committed)) throw otherHistory(facts);
  if (facts.proven > committed) throw stateBehind(facts);
  if (facts.proven < committed) throw isAbsent ? tableGone(facts) : tableBehind(facts);
}

interface Facts {
  table: string;
  state: string;
  ingestion: string;
  /** Commits that the state knows, and those that the table proves. */
  committed: number;
  proven: number;
}

/** Commits of one number have one id; where the numbers differ, the generation tells whether the commits are of one history. */
function isOtherHistory(evidence: TableEvidence, head: Head, committed: number): boolean {
  if (evidence.sequence !== committed) return evidence.generation !== head.generation;
  return head.commitId !== null && evidence.commitId !== head.commitId;
}

/** Ways out that keep the table: `Calve.adopt` and `Calve.reset`. */
const ADOPT = 'adopt the table, which rebuilds the state from its rows';
const RESET = 'reset the ledger, which keeps the table and begins the state anew';

/** A second id alone would load everything once more into the same table. */
const ANEW = 'use another ingestion id together with another table';

function stateBehind(facts: Facts): CalveError {
  const { table, state, ingestion, committed, proven } = facts;
  const lost = committed === 0;
  return undecided(
    'CHECKPOINT_BEHIND',
    `The table ${table} holds ${commits(proven)} of ingestion "${ingestion}", but the state ${state} knows ${lost ? 'none' : `only ${committed}`}: ` +
      `${lost ? 'the state was deleted, or it is not the one that belongs to this table' : 'it is an old copy'}. Nothing is loaded, since files would be loaded a second time. ` +
      `${lost ? `Restore the state from a backup, name the right one, or ${ADOPT}` : `Restore the newest copy of the state, or ${RESET}`}; to load everything again, ${ANEW}.`,
    ['restore the state', lost ? ADOPT : RESET, ANEW],
    facts,
  );
}

/** The state cannot tell these apart: it does not know the name of the table that it wrote to. */
const OTHER_NAME = 'the spec names another table than before';
const EARLIER_NAME = 'name the earlier table';

function tableGone(facts: Facts): CalveError {
  const { table, state, ingestion, committed } = facts;
  return undecided(
    'MARKER_BEHIND',
    `The state ${state} knows ${commits(committed)} of ingestion "${ingestion}", but the table ${table} does not exist: ${OTHER_NAME}, the table was ` +
      'deleted, or this is another lake. Nothing is loaded until somebody decides. Name the earlier table, restore the deleted one, or name the lake that ' +
      `belongs to this state; to load everything again, into ${table}, use another ingestion id or begin with a new state.`,
    [EARLIER_NAME, 'restore the deleted table', 'use another ingestion id or a new state to load everything again', RESET],
    facts,
  );
}

function tableBehind(facts: Facts): CalveError {
  const { table, state, ingestion, committed, proven } = facts;
  const isNone = proven === 0;
  return undecided(
    'MARKER_BEHIND',
    `The state ${state} knows ${commits(committed)} of ingestion "${ingestion}", but the table ${table} holds ${isNone ? 'none' : `only ${proven}`} of them: ` +
      `${isNone ? `${OTHER_NAME}, or the table` : 'it'} was rolled back, restored from an old copy or made anew. Nothing is loaded until somebody decides. ` +
      `${isNone ? 'Name the earlier table, or restore' : 'Restore'} the newest copy of the table; to load everything again, ${ANEW}.`,
    [...(isNone ? [EARLIER_NAME] : []), 'restore the table', RESET, ANEW],
    facts,
  );
}

function otherHistory(facts: Facts): CalveError {
  const { table, state, ingestion } = facts;
  return undecided(
    'MARKER_CONFLICT',
    `The table ${table} and the state ${state} hold different histories of ingestion "${ingestion}": the state belongs to another table, or two states write to ` +
      `one table under one id. Nothing is loaded. Name the state that belongs to this table, or ${ANEW}.`,
    ['use the state that belongs to this table', ANEW],
    facts,
  );
}

function undecided(code: ErrorCode, message: string, choices: string[], { table, state, committed, proven }: Facts): CalveError {
  return new CalveError(code, message, {
    recovery: { kind: 'decide', choices },
    context: { table, state, ledger: committed, table_evidence: proven },
  });
}

function commits(count: number): string {
  return count === 1 ? 'one commit' : `${count} commits`;
}
