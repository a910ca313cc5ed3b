import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { sqliteCatalog } from '@calve/sink-iceberg';
import { describe, expect, it } from 'vitest';
import { bundledProgram } from './bundled-program.ts';
import { addFile, EXPECTED_IDS, ingestOnce, makeSampleFolder, readLake } from './sample-lake.ts';
import { ledgerLabels } from './step-labels.ts';

const KEY = { tenant: 'default', ingestion: 'orders' };

/** The operation that passes each step. */
const OPERATIONS: Record<string, 'adopt' | 'reset' | 'accept-rollback'> = {
  'core.accept-rollback.advance': 'accept-rollback',
  'core.adopt.replace': 'adopt',
  'core.reset.replace': 'reset',
};

function operate(folder: string, operation: string, ...options: string[]) {
  const { command, environment } = bundledProgram('operate-ledger.ts');
  const [program = '', ...parameters] = [...command, '--folder', folder, '--operation', operation, ...options];
  const { signal, stdout, stderr } = spawnSync(program, parameters, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { signal, stdout, stderr };
}

/** Somebody sets both tables back to before their first commit. */
async function rollBack(folder: string): Promise<void> {
  const catalog = sqliteCatalog(join(folder, 'lake', 'catalog.db')).open();
  try {
    for (const name of ['orders', 'orders__rejected']) {
      const commit = { requirements: [], updates: [{ action: 'remove-snapshot-ref' as const, 'ref-name': 'main' }] };
      const { kind } = await catalog.commit({ namespace: ['sales'], name }, commit, nodeEnvironment());
      expect(kind).toBe('committed');
    }
  } finally {
    catalog.close();
  }
}

async function ledgerOf(folder: string) {
  const store = await sqliteState(join(folder, 'lake', 'calve.db')).open();
  try {
    const records = [];
    for await (const record of store.scan(KEY, {})) records.push(record);
    return { head: await store.read(KEY), records };
  } finally {
    await store.close();
  }
}

describe('an operation on a ledger that is killed', () => {
  it('has a case for each of its steps', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual(ledgerLabels());
  });

  it.each(Object.entries(OPERATIONS))('at %s (%s) has changed nothing, and can be done again', async (label, operation) => {
    const folder = await makeSampleFolder();
    try {
      expect((await ingestOnce(folder)).code).toBe(0);
      if (operation === 'adopt')
        for (const end of ['', '-wal', '-shm']) await rm(join(folder, 'lake', `calve.db${end}`), { force: true });
      if (operation === 'accept-rollback') await rollBack(folder);
      const before = await ledgerOf(folder);
      const killed = operate(folder, operation, '--kill-at', label);
      expect(killed.signal, `the process did not pass ${label}: ${killed.stderr}`).toBe('SIGKILL');
      expect(await ledgerOf(folder)).toEqual(before);

      const again = operate(folder, operation);
      expect(again.stderr).toBe('');
      expect(JSON.parse(again.stdout)).toMatchObject(
        {
          adopt: { outcome: 'adopted', committed: { main: 1 }, known: 2 },
          reset: { committed: { main: 1 }, countedAsLoaded: 2 },
          'accept-rollback': { outcome: 'accepted', files: 2, accepted: { main: { head: null, isReingested: true } } },
        }[operation],
      );
      const next = operation === 'accept-rollback' ? 'committed' : 'nothing-new';
      expect(JSON.parse((await ingestOnce(folder)).output)).toMatchObject({ outcome: next });
      await addFile(folder, 'orders-2.csv', ['id,ordered_at,note', '1000,2026-03-05T10:00:00,later']);
      expect((await ingestOnce(folder)).errors).toBe('');
      expect((await readLake(folder)).ids).toEqual([...EXPECTED_IDS, 1000]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each(['core.apply.stage', 'core.commit.committing', 'core.commit.answered', 'core.commit.finish'])(
    'a reset after a run that was killed at %s settles its commit, and nothing is there twice',
    async (label) => {
      const folder = await makeSampleFolder();
      try {
        expect((await ingestOnce(folder, '--kill-at', label)).signal).toBe('SIGKILL');
        const settled = label === 'core.apply.stage' ? 0 : 1;
        expect(JSON.parse(operate(folder, 'reset').stdout)).toMatchObject({ committed: { main: settled }, countedAsLoaded: 2 });
        expect(JSON.parse((await ingestOnce(folder)).output)).toMatchObject({ outcome: 'nothing-new' });
        expect((await readLake(folder)).ids).toEqual(settled === 1 ? EXPECTED_IDS : []);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
