import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { TableEvidence, TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { Connections } from './connections.ts';
import type { EvidenceFacts } from './evidence-mismatch.ts';

/** What to say when they do not fit; hardly ever needed, so loaded then. */
const mismatch = () => import('./evidence-mismatch.ts');

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
  const facts: EvidenceFacts = { table, state, ingestion: key.ingestion, committed, proven: evidence?.sequence ?? 0 };
  if (evidence && head !== 'absent' && committed > 0 && isOtherHistory(evidence, head.head, committed))
    throw (await mismatch()).otherHistory(facts);
  const isOpen = head !== 'absent' && head.head.intent !== null && evidence?.commitId === head.head.intent.commitId;
  if (facts.proven > committed && !isOpen) throw (await mismatch()).stateBehind(facts);
  if (facts.proven >= committed) return;
  const left = await companionsLeft(key, spec, connections);
  const { tableGone, tableBehind } = await mismatch();
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
    throw (await mismatch()).companionAhead(mainTable, {
      table,
      state,
      ingestion: key.ingestion,
      committed,
      proven: evidence.sequence,
    });
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
    if (!evidence?.rollback) continue;
    throw (await mismatch()).rolledBack(sink.describe(options).name, key.ingestion, evidence, evidence.rollback);
  }
}

/** Commits of one number have one id; where the numbers differ, the generation tells whether the commits are of one history. */
function isOtherHistory(evidence: TableEvidence, head: Head, committed: number): boolean {
  if (evidence.sequence !== committed) return evidence.generation !== head.generation;
  return head.commitId !== null && evidence.commitId !== head.commitId;
}
