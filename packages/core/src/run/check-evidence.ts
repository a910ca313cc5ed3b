import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import { ACCEPT_ROLLBACK, PUT_BACK, ROLL_BACK_AGAIN } from '../ledger/rollback-choices.ts';
import type { TableEvidence, TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { Connections } from './connections.ts';

/**
 * Compares the state with what the table itself proves, before anything is planned: a state from an old backup, or a table that was
 * deleted or rolled back, must not lead to duplicates or gaps.
 *
 * @param state Where the state is, for people.
 * @throws {CalveError} `CHECKPOINT_BEHIND`, `MARKER_BEHIND`, `MARKER_CONFLICT` or `TABLE_ROLLED_BACK`, recovery `decide`; what the sink says of a table that is damaged.
 */
export async function assertEvidenceFits(
  key: LedgerKey,
  head: VersionedHead | 'absent',
  spec: IngestionSpec,
  connections: Connections,
  tables: Readonly<Record<string, TableState | 'absent'>>,
  state: string,
): Promise<void> {
  if (head !== 'absent' && head.head.intent) return;
  await assertSameHistory(key, head, spec, connections, state, tables);
  await assertNoneAhead(key, head, spec, connections, state);
  if (head !== 'absent') await assertNotRolledBack(key, head.head, spec, connections, tables);
}

/**
 * As `assertEvidenceFits`, except that a table that was rolled back is none of its business, and that an open commit may be in the table already.
 *
 * @param tables Absent: whether the table is there is not known.
 */
export async function assertSameHistory(
  key: LedgerKey,
  head: VersionedHead | 'absent',
  spec: IngestionSpec,
  connections: Connections,
  state: string,
  tables: Readonly<Record<string, TableState | 'absent'>> = {},
): Promise<void> {
  const main = mainOutput(spec);
  const committed = head === 'absent' ? 0 : (head.head.committed[main.name] ?? 0);
  const sink = await connections.sink(main.sink);
  const { name: table } = sink.describe(main.options);
  const evidence = await sink.evidence(main.options, key);
  const isAbsent = tables[main.name] === 'absent';
  const facts: Facts = { table, state, ingestion: key.ingestion, committed, proven: evidence?.sequence ?? 0 };
  if (evidence && head !== 'absent' && committed > 0 && isOtherHistory(evidence, head.head, committed)) throw otherHistory(facts);
  const isOpen = head !== 'absent' && head.head.intent !== null && evidence?.commitId === head.head.intent.commitId;
  if (facts.proven > committed && !isOpen) throw stateBehind(facts);
  if (facts.proven >= committed) return;
  const left = await companionsLeft(key, spec, connections);
  throw isAbsent ? tableGone(facts, left) : tableBehind(facts, left);
}

/** Tables beside the main one that still hold commits: they keep a new state from beginning anew, so whoever decides is told of them at once. */
async function companionsLeft(key: LedgerKey, { outputs }: IngestionSpec, connections: Connections): Promise<string[]> {
  const left: string[] = [];
  for (const { sink, options } of outputs.slice(1)) {
    const session = await connections.sink(sink);
    if (await session.evidence(options, key)) left.push(session.describe(options).name);
  }
  return left;
}

/** Tables beside the main one may lag, but never be ahead: then the main one was deleted, and the state with it. The commit would notice it too late. */
async function assertNoneAhead(
  key: LedgerKey,
  head: VersionedHead | 'absent',
  { outputs: [main, ...others] }: IngestionSpec,
  connections: Connections,
  state: string,
): Promise<void> {
  const committed = head === 'absent' ? 0 : (head.head.committed[(main as OutputSpec).name] ?? 0);
  const describe = async ({ sink, options }: OutputSpec) => (await connections.sink(sink)).describe(options).name;
  for (const output of others) {
    const evidence = await (await connections.sink(output.sink)).evidence(output.options, key);
    if (!evidence || evidence.sequence <= committed) continue;
    const [table, mainTable] = [await describe(output), await describe(main as OutputSpec)];
    throw companionAhead(mainTable, { table, state, ingestion: key.ingestion, committed, proven: evidence.sequence });
  }
}

/** Noticed before anything is read, not only by the commit: where nothing is new, nobody else would notice. */
async function assertNotRolledBack(
  key: LedgerKey,
  head: Head,
  spec: IngestionSpec,
  connections: Connections,
  tables: Readonly<Record<string, TableState | 'absent'>>,
): Promise<void> {
  for (const { name, sink: sinkName, options } of spec.outputs) {
    if (tables[name] === 'absent') continue;
    const sink = await connections.sink(sinkName);
    const evidence = await sink.evidence(options, key, head.accepted?.[name]);
    if (evidence?.rollback) throw rolledBack(sink.describe(options).name, key.ingestion, evidence, evidence.rollback);
  }
}

function rolledBack(
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
      `${lost ? 'Restore the state from a backup, name the right one' : 'Restore the newest copy of the state'}, or ${ADOPT}; to load everything again, ${ANEW}.`,
    ['restore the state', ADOPT, ANEW],
    facts,
  );
}

function companionAhead(mainTable: string, facts: Facts): CalveError {
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

function tableGone(facts: Facts, left: readonly string[]): CalveError {
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

function tableBehind(facts: Facts, left: readonly string[]): CalveError {
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

function otherHistory(facts: Facts): CalveError {
  const { table, state, ingestion } = facts;
  return undecided(
    'MARKER_CONFLICT',
    `The table ${table} and the state ${state} hold different histories of ingestion "${ingestion}": the state, or the catalog that names this table, is that of another ` +
      `lake, or two states write to one table under one id. Nothing is loaded. Put back or name the state that belongs to this table, or ${ANEW}.`,
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
