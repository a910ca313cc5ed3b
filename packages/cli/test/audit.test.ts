import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type TestFolder, testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

async function loadedFolder(): Promise<TestFolder> {
  const folder = testFolder();
  folder.write({ 'landing/a.csv': 'id\n1\n2\n', 'landing/b.csv': 'id\n3\n' });
  expect((await runMain(['run', 'landing', 'lake'], folder.path)).code).toBe(0);
  return folder;
}

describe('calve audit', () => {
  it('says in one line what agrees, and ends with 0', async () => {
    using folder = await loadedFolder();
    const { code, stdout } = await runMain(['audit', 'landing', 'lake'], folder.path);
    expect([code, stdout]).toEqual([0, 'default.landing: everything agrees. Ledger and table: 2 files with 3 rows.\n']);
  });

  it('lists what wants attention, each with its files, its numbers and a command, and ends with 10', async () => {
    using folder = await loadedFolder();
    folder.write({ 'landing/c.csv': 'id\n4\n' });
    rmSync(folder.at('landing/b.csv'));
    const { code, stdout } = await runMain(['audit', './landing', 'lake'], folder.path);
    expect(stdout).toMatch(/^default\.landing: 1 warning\. Ledger and table agree about 2 files with 3 rows\.$/m);
    expect(stdout).toContain(`warning: never seen: 1 file
  c.csv
  These files are in the folder, and neither ledger nor table know them.
  -> load them: calve run ./landing lake
`);
    expect(stdout).toContain('information: loaded, and gone from the folder: 1 file\n  b.csv\n');
    expect(code).toBe(10);
  });

  it('gives a lost state the commands to type', async () => {
    using folder = await loadedFolder();
    rmSync(folder.at('lake/calve.db'));
    const { code, stdout } = await runMain(['audit', 'landing', 'lake'], folder.path);
    expect(stdout).toContain('error: ledger and table do not fit together (CHECKPOINT_BEHIND)');
    expect(stdout).toContain('  rows in ledger / table: a.csv (0 / 2), b.csv (0 / 1)\n');
    expect(stdout).toContain('-> rebuild the ledger from the table: calve adopt landing lake\n');
    expect(code).toBe(10);
  });

  it('as JSON is the report', async () => {
    using folder = await loadedFolder();
    const { code, stdout } = await runMain(['audit', 'landing', 'lake', '--json'], folder.path);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ command: 'audit', exitCode: 0, error: null },
      audit: { reportVersion: 1, isHealthy: true, agreeing: { files: 2, rows: 3 }, findings: [] },
    });
    expect(code).toBe(0);
  });
});

describe('calve bundle', () => {
  it('writes a file without values and names, and says what is in it', async () => {
    using folder = await loadedFolder();
    const { code, stdout, stderr } = await runMain(['bundle', 'landing', 'lake', '--output', 'b.json'], folder.path);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^The bundle is in b\.json \(\d+(\.\d+)? KiB\)\.$/m);
    expect(stderr).toContain('no events, since they are kept only by calve run --bundle');
    const text = readFileSync(folder.at('b.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ bundleVersion: 1, names: 'labels', run: null, folder: { files: 2 } });
    // A label is made of digits and may end like a name.
    expect(text).not.toMatch(/[/"]a\.csv/);
    expect(text).not.toContain(folder.path);
  });

  it('without --output is the bundle itself, and keeps names with --with-names', async () => {
    using folder = await loadedFolder();
    const { stdout } = await runMain(['bundle', 'landing', 'lake', 'some-run', '--with-names'], folder.path);
    expect(JSON.parse(stdout)).toMatchObject({ names: 'kept', run: { runId: 'some-run', events: [] } });
    expect(stdout).toContain('"file": "a.csv"');
  });

  it('of a run that fails has its events, and the run ends as without it', async () => {
    using folder = await loadedFolder();
    folder.write({ 'landing/p.csv': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') });
    const { code, stderr } = await runMain(['run', 'landing', 'lake', '--bundle', 'r.json'], folder.path);
    expect(code).toBe(10);
    expect(stderr).toContain('The bundle of this run is in r.json');
    const { run } = JSON.parse(readFileSync(folder.at('r.json'), 'utf8')) as { run: { events: { kind: string }[] } };
    expect(run.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['run-started', 'unit-finished', 'run-finished']));
  });

  it('says before it begins that its file cannot be written', async () => {
    using folder = await loadedFolder();
    for (const words of [
      ['bundle', 'landing', 'lake', '--output', 'nowhere/b.json'],
      ['run', 'landing', 'lake', '--bundle', 'nowhere/b.json'],
    ]) {
      const { code, stderr } = await runMain(words, folder.path);
      expect([code, stderr]).toEqual([30, expect.stringContaining('does not exist')]);
    }
  });
});
