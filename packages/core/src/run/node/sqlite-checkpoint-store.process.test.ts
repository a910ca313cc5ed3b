import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteState } from './sqlite-checkpoint-store.ts';

const child = fileURLToPath(new URL('../../../test/processes/advance-forever.ts', import.meta.url));
const ledger = { tenant: 'default', ingestion: 'orders' };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-process-'));
  path = join(folder, 'calve.db');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a child until it ends, or kills it once it has acknowledged `killAfter` advances. Answers the acknowledged versions. */
function run(
  name: string,
  wins: number,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<{ acknowledged: number[]; code: number | null }> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, ['--conditions=calve-source', '--no-warnings', child, path, name, String(wins)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    process_.stdout.on('data', (text: Buffer) => {
      output += text;
      if (output.split('\n').length > killAfter) process_.kill('SIGKILL');
    });
    process_.on('error', reject);
    process_.on('close', (code) => resolve({ acknowledged: output.split('\n').filter(Boolean).map(Number), code }));
  });
}

/** Version of the ledger, after proving that head and records are of one moment. */
async function consistentVersion(): Promise<number> {
  const store = await sqliteState(path).open();
  try {
    const state = await store.read(ledger);
    if (state === 'absent') return 0;
    const version = Number(state.version);
    expect(state.head.committed).toEqual({ main: version });
    const sequences = new Map<number, number>();
    for await (const record of store.scan(ledger, {})) {
      if (record.unit.key === 'same') expect(record.sequence).toBe(version);
      else sequences.set(record.sequence!, (sequences.get(record.sequence!) ?? 0) + 1);
    }
    expect([...sequences.values()]).toEqual(Array(version).fill(50));
    return version;
  } finally {
    await store.close();
  }
}

it('two processes that start on nothing advance one ledger without losing or repeating a version', async () => {
  const [one, two] = await Promise.all([run('one', 40), run('two', 40)]);
  expect([one.code, two.code]).toEqual([0, 0]);
  const all = [...one.acknowledged, ...two.acknowledged].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  expect(await consistentVersion()).toBe(80);
});

it('a process killed amid advances leaves the version it last acknowledged, or the next one', async () => {
  let before = 0;
  for (const killAfter of [1, 2, 5, 11, 24]) {
    const { acknowledged, code } = await run('killed', 1_000_000, killAfter);
    expect(code).toBeNull();
    expect(acknowledged[0]).toBe(before + 1);
    const last = acknowledged.at(-1)!;
    const version = await consistentVersion();
    expect([last, last + 1]).toContain(version);
    before = version;
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  }
  expect(before).toBeGreaterThan(40);
});
