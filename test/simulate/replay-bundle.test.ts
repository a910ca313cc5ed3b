import { rm } from 'node:fs/promises';
import { CalveError, type SupportBundle } from '@calve/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSample } from '../crash/sample-ingestion.ts';
import { addFile, ingestOnce, makeSampleFolder } from '../crash/sample-lake.ts';
import { type RecoveryDecision, replayBundle, replayReport } from './replay-bundle.ts';

/** Where a process is killed, each of which leaves another journal or another table, and what becomes of its commit. */
const KILLED: readonly [label: string, open: RecoveryDecision['open']][] = [
  ['core.apply.stage', 'dropped'],
  ['core.commit.committing', 'finished'],
  ['core.commit.answered', 'finished'],
  ['core.commit.answered#2', 'finished'],
  ['core.commit.finish', 'finished'],
];

describe('the replay of a bundle', () => {
  it.each(KILLED)('of a run killed at %s does what the next run really does: its commit is %s', async (label, open) => {
    const folder = await loadedFolder();
    try {
      await addFile(folder, 'late.csv', lateFile());
      expect(await ingestOnce(folder, '--kill-at', label)).toMatchObject({ signal: 'SIGKILL' });
      const killed = await bundleOf(folder);
      const replay = await replayBundle(killed);
      const stoppedBy = await nextRun(folder);
      const real = decisionOf(killed, await bundleOf(folder), stoppedBy);
      expect(replay.differences, replayReport(replay)).toEqual([]);
      expect(replay.problems, replayReport(replay)).toEqual([]);
      expect(replay.decision).toEqual(real);
      expect(replay.decision.open).toBe(open);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('stops as the next run would', () => {
    let loaded: SupportBundle;

    beforeAll(async () => {
      const folder = await loadedFolder();
      loaded = await bundleOf(folder);
      await rm(folder, { recursive: true });
    });

    it.each<[string, (bundle: SupportBundle) => void, string]>([
      ['a lost state', ({ ledger }) => Object.assign(ledger, { head: null, commits: [], records: [] }), 'CHECKPOINT_BEHIND'],
      [
        'a table that is behind',
        ({ tables }) => Object.assign(tables['main'] ?? {}, { evidence: null, commits: [] }),
        'MARKER_BEHIND',
      ],
      ['two histories', ({ ledger }) => Object.assign(ledger.head ?? {}, { commitId: 'another' }), 'MARKER_CONFLICT'],
      ['an old copy of the state', ({ tables }) => prove(tables['main'], 3), 'CHECKPOINT_BEHIND'],
    ])('of %s', async (_, change, code) => {
      const bundle = structuredClone(loaded);
      change(bundle);
      const replay = await replayBundle(bundle);
      expect(replay.decision, replayReport(replay)).toEqual({ open: 'none', stoppedBy: code });
      expect(replay.differences).toEqual([]);
    });
  });
});

function prove(table: SupportBundle['tables'][string] | undefined, sequence: number): void {
  if (table && 'evidence' in table && table.evidence) Object.assign(table.evidence, { sequence, commitId: 'newer' });
}

async function loadedFolder(): Promise<string> {
  const folder = await makeSampleFolder();
  expect(await nextRun(folder)).toBe(null);
  return folder;
}

/** @returns The code of the error that it stops with. */
async function nextRun(folder: string): Promise<string | null> {
  const { calve: opened, spec } = openSample(folder, () => {});
  await using calve = opened;
  try {
    await calve.run(spec);
    return null;
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return error.code;
  }
}

function lateFile(): string[] {
  return [
    'id,ordered_at,note',
    ...Array.from({ length: 20 }, (_, row) => (row === 7 ? `${row},2026-03-01T10:00:00,a,b` : `${row},2026-03-01T10:00:00,late`)),
  ];
}

async function bundleOf(folder: string): Promise<SupportBundle> {
  const { calve: opened, spec } = openSample(folder, () => {});
  await using calve = opened;
  return await calve.bundle(spec);
}

/** What the real run did, from what is left before and after it. */
function decisionOf(
  { ledger: before }: SupportBundle,
  { ledger: after, tables }: SupportBundle,
  stoppedBy: string | null,
): RecoveryDecision {
  // A commit that is planned anew from the same files has the same id, and other snapshots.
  const open = before.head?.intent?.outputs['main']?.snapshot;
  if (open === undefined) return { open: 'none', stoppedBy };
  if (after.head?.intent?.outputs['main']?.snapshot === open) return { open: 'kept', stoppedBy };
  const { main } = tables;
  const isThere = main && 'commits' in main && main.commits.some(({ snapshot }) => snapshot === open);
  return { open: isThere ? 'finished' : 'dropped', stoppedBy };
}
