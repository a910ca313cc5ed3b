import type { SupportBundle } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { Head } from '@calve/core/plugin';
import { type BundleHistory, historyOfBundle, SimulatedProcess, seededRandom } from '@calve/testkit';
import { checkedTable } from './catalog-of-history.ts';
import { ordersSpec, TABLE } from './orders-spec.ts';
import type { ProcessEnd } from './process-end.ts';
import type { BundleReplay, RecoveryDecision } from './replay-bundle.ts';
import { checkWorld } from './run-history.ts';
import { World } from './world.ts';

/** Every commit of a bundle is one, however many files it had. */
const spec = { ...ordersSpec, limits: { ...ordersSpec.limits, maxUnitsPerBatch: 10_000 } };
const OWNER = { tenant: 'default', ingestion: 'orders' } as const;

/** Builds the world of a bundle and lets the next run happen in it. Wants the simulated modules: `replay-bundle.ts` starts a process that has them. */
export async function replayInWorld(bundle: SupportBundle): Promise<BundleReplay> {
  const told = historyOfBundle(bundle);
  const world = new World(told.history, spec);
  const isEnded = await world.happen();
  const { isBent, differences } = await likeBundle(world, told, bundle);
  if (isBent) world.decisions.setBack('state');
  const before = (await world.state.look()).head;
  const end: ProcessEnd = isEnded ? await world.lastRun() : { kind: 'badly', says: 'the processes before it never end' };
  const after = (await world.state.look()).head;
  return {
    history: told.history,
    notes: world.notes,
    decision: decisionOf(end, before, after, snapshotsIn(world)),
    problems: await checkWorld(world, !isEnded, end),
    leftOut: told.leftOut,
    differences,
  };
}

/** Writes into the state what no history leads to; says where the world still is not as the bundle. */
async function likeBundle(
  world: World,
  { bend, offset }: BundleHistory,
  { ledger, tables }: SupportBundle,
): Promise<{ isBent: boolean; differences: string[] }> {
  if (bend) await bendHead(world, bend);
  const { head } = await world.state.look();
  const wanted = ledger.head;
  const main = tables['main'];
  const proven = main && 'evidence' in main ? (main.evidence?.sequence ?? 0) : 0;
  const facts: [what: string, bundle: unknown, world: unknown][] = [
    ['a ledger', wanted !== null, head !== null],
    ['commits in the ledger', Math.max(0, (wanted?.committed['main'] ?? 0) - offset), head?.committed['main'] ?? 0],
    ['commits in the table', Math.max(0, proven - offset), provenIn(world)],
    ['the open commit', statesOf(wanted?.intent ?? null), statesOf(head?.intent ?? null)],
  ];
  return {
    isBent: bend !== null,
    differences: facts
      .filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b))
      .map(([what, a, b]) => `${what}: ${JSON.stringify(a)} in the bundle, ${JSON.stringify(b)} in the replay`),
  };
}

async function bendHead(
  world: World,
  { committed, isOtherCommit, isOtherGeneration }: NonNullable<BundleHistory['bend']>,
): Promise<void> {
  const nobody = { onStep: () => {}, onDeath: () => {}, onTurn: () => {}, onNote: () => {} };
  const person = new SimulatedProcess('a person', world.scheduler, seededRandom(0), nodeEnvironment(), [], nobody);
  const work = (async (): Promise<void> => {
    const store = await world.state.factory(person).open();
    const found = await store.read(OWNER);
    const head: Head =
      found === 'absent'
        ? { generation: 'another', committed: {}, commitId: null, intent: null, watermark: null, tag: '' }
        : found.head;
    const bent: Head = {
      ...head,
      ...(committed === null ? {} : { committed: { ...head.committed, main: committed }, commitId: 'of-a-later-commit' }),
      ...(isOtherCommit ? { commitId: 'of-another-history' } : {}),
      ...(isOtherGeneration ? { generation: 'another' } : {}),
      tag: 'bent',
    };
    await store.advance(OWNER, found === 'absent' ? found : found.version, bent, []);
  })();
  // What a store answers comes by the scheduler.
  for (let turn = 0; turn < 10; turn += 1) {
    await world.scheduler.run(world.scheduler.happened + 1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await work;
}

/** Ids of the snapshots that the table lists. */
function snapshotsIn(world: World): ReadonlySet<string> {
  const table = checkedTable(world.catalog.current(TABLE));
  return new Set((table?.snapshots ?? []).map(({ id }) => id));
}

function provenIn(world: World): number {
  const properties = world.catalog.current(TABLE)?.properties as Record<string, string> | undefined;
  const evidence = properties?.['ingest.default.orders'];
  return evidence === undefined ? 0 : (JSON.parse(evidence) as { sequence: number }).sequence;
}

function statesOf(intent: { outputs: Record<string, { state: string }> } | null): string | null {
  return (
    intent &&
    Object.entries(intent.outputs)
      .map(([name, { state }]) => `${name} ${state}`)
      .join(', ')
  );
}

function decisionOf(end: ProcessEnd, before: Head | null, after: Head | null, snapshots: ReadonlySet<string>): RecoveryDecision {
  const code = /^([A-Z_]+):/.exec(end.says)?.[1] ?? null;
  // A commit that is planned anew from the same files has the same id, and other snapshots.
  const open = before?.intent?.outputs['main']?.snapshot;
  if (open === undefined) return { open: 'none', stoppedBy: code };
  if (after?.intent?.outputs['main']?.snapshot === open) return { open: 'kept', stoppedBy: code };
  return { open: snapshots.has(open) ? 'finished' : 'dropped', stoppedBy: code };
}
