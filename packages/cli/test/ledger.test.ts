import { existsSync, readFileSync, rmSync } from 'node:fs';
import { nodeEnvironment } from '@calve/core/node';
import { sqliteCatalog } from '@calve/sink-iceberg';
import { describe, expect, it } from 'vitest';
import { type TestFolder, testFolder } from './run-calve.ts';
import { type MainEnd, runMain } from './run-main.ts';

const RUN = ['run', './landing', './lake'];

async function loadedFolder(): Promise<TestFolder> {
  const folder = testFolder();
  folder.write({ 'landing/a.csv': 'id\n1\n', 'landing/b.csv': 'id\n2\n' });
  expect(await runMain(RUN, folder.path)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 read = 2 written') });
  return folder;
}

const deleteState = ({ at }: TestFolder): void => rmSync(at('lake/calve.db'));

/** Of the table, in any order. */
async function idsOf(folder: TestFolder): Promise<string[]> {
  const { stdout } = await runMain(['head', 'lake', '--json'], folder.path);
  const { rows } = JSON.parse(stdout) as { rows: { rows: { id: unknown }[] } };
  return rows.rows.map(({ id }) => String(id)).sort();
}

/** Types the line that stands behind some words on the screen. */
function type(line: string | undefined, folder: TestFolder): Promise<MainEnd> {
  expect(line).toMatch(/^calve /);
  return runMain((line ?? '').split(' ').slice(1), folder.path);
}

describe('calve adopt', () => {
  it('is what a run without its state says, shows first what it would do, and does that with --yes', async () => {
    using folder = await loadedFolder();
    deleteState(folder);
    const stopped = await runMain([...RUN, '--allow', 'held'], folder.path);
    expect(stopped.stderr).toContain('error CHECKPOINT_BEHIND: ');
    expect(stopped.code).toBe(1);
    const first = /adopt would do \(nothing is changed yet\): (.*)$/m.exec(stopped.stderr)?.[1];
    expect(first).toBe('calve adopt ./landing ./lake');
    const shown = await type(first, folder);
    expect(shown.stdout).toContain('as of commit 1, the ledger "landing" would be rebuilt in ');
    expect(shown.stdout).toMatch(/^ {2}known {4}2 files \(\d+ B; a\.csv, b\.csv\)/m);
    expect(shown.stdout).toMatch(/^ {2}held {5}0 files/m);
    expect(shown.stdout).toMatch(/^ {2}unknown {2}0 files/m);
    expect([shown.code, existsSync(folder.at('lake/calve.db'))]).toEqual([0, false]);
    const done = await type(/To do it:\n {2}(.*)$/m.exec(shown.stdout)?.[1], folder);
    expect(done.stdout).toContain(
      'Adopted default.landing: the ledger "landing" is as of commit 1 and knows 2 loaded versions of files.',
    );
    expect(done.code).toBe(0);
    const next = await type(/loaded with: (.*)$/m.exec(done.stdout)?.[1], folder);
    expect(next.stdout).toBe('Nothing new: every file is in the table already.\n');
    expect(next.code).toBe(0);
    const state = readFileSync(folder.at('lake/calve.db'));
    for (const words of [[], ['--yes']]) {
      const again = await runMain(['adopt', 'landing', 'lake', ...words], folder.path);
      expect(again.stdout).toContain(
        'Nothing to adopt: the ledger "landing" is there, as of commit 1, and fits default.landing.',
      );
      expect(again.code).toBe(0);
    }
    expect(readFileSync(folder.at('lake/calve.db'))).toEqual(state);
  });

  it('asks what becomes of files that may be copies of loaded ones, and does what it is told', async () => {
    using folder = await loadedFolder();
    deleteState(folder);
    rmSync(folder.at('landing/a.csv'));
    folder.write({ 'landing/renamed.csv': 'id\n1\n' });
    const undecided = await runMain(['adopt', './landing', './lake', '--yes'], folder.path);
    expect(undecided.stderr).toContain(
      'error OPTIONS_INVALID: default.landing has no row of one file in the source (renamed.csv), ',
    );
    expect(undecided.stderr).toContain(
      'What to do: --unknown load: the next run loads one file; or --unknown leave: one file counts as loaded.',
    );
    expect([undecided.code, undecided.stdout]).toEqual([30, '']);
    const asked = JSON.parse((await runMain(['adopt', 'landing', 'lake', '--yes', '--json'], folder.path)).stdout);
    expect(asked).toMatchObject({ exitCode: 30, adopt: { preview: { mustChoose: true, gone: 1 }, result: null } });
    const shown = await runMain(['adopt', './landing', './lake'], folder.path);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(
      /one of:\n {2}calve adopt \S+ \S+ --unknown load --yes\n {2}calve adopt \S+ \S+ --unknown leave --yes\n$/,
    );
    const left = await type(/^ {2}(.*leave --yes)$/m.exec(shown.stdout)?.[1], folder);
    expect(left.stdout).toContain('1 file without rows counts as loaded');
    expect((await runMain(RUN, folder.path)).stdout).toContain('Nothing new');
    expect(await idsOf(folder)).toEqual(['1', '2']);
  });

  it('is named by the words that start the program, in a process of its own', async () => {
    using folder = await loadedFolder();
    deleteState(folder);
    const { stderr, code } = await folder.calve(RUN, { env: { CALVE_COMMAND: './dev calve' } });
    expect(stderr).toMatch(/adopt would do \(nothing is changed yet\): \.\/dev calve adopt \.\/landing \.\/lake$/m);
    expect(code).toBe(1);
  });
});

describe('calve reset', () => {
  it('changes nothing without a choice, and shows what each one means', async () => {
    using folder = await loadedFolder();
    folder.write({ 'landing/c.csv': 'id\n3\n' });
    const state = readFileSync(folder.at('lake/calve.db'));
    const { code, stdout, stderr } = await runMain(['reset', './landing', './lake'], folder.path);
    expect(stdout).toMatch(/^ {2}loaded {6}2 files \(.*; a\.csv, b\.csv\)$/m);
    expect(stdout).toMatch(/^ {2}not loaded {2}1 file \(.*; c\.csv\)$/m);
    expect(stdout).toMatch(/^ {2}--reload {4}3 files load with the next run, 2 of them again/m);
    expect(stdout).toMatch(/^ {2}--from-now {2}3 files count as loaded, 1 of them without a row/m);
    expect(stdout).toMatch(/one of:\n {2}calve reset \S+ \S+ --reload\n {2}calve reset \S+ \S+ --from-now\n$/);
    expect(stderr).toContain('nothing was changed.\n  What to do: add --reload; or add --from-now.\n');
    expect(code).toBe(30);
    expect(readFileSync(folder.at('lake/calve.db'))).toEqual(state);
    expect((await runMain(RUN, folder.path)).stdout).toContain('1 read = 1 written');
  });

  it('--from-now counts everything as loaded: nothing loads, but what comes later', async () => {
    using folder = await loadedFolder();
    folder.write({ 'landing/c.csv': 'id\n3\n' });
    const end = await runMain(['reset', './landing', './lake', '--from-now'], folder.path);
    expect(end.stdout).toBe(
      'The ledger "landing" begins anew, after commit 1 of default.landing.\n' +
        '3 files of the landing folder count as loaded; what comes later loads with: calve run ./landing ./lake\n',
    );
    expect(end.code).toBe(0);
    expect((await runMain(RUN, folder.path)).stdout).toContain('Nothing new');
    expect(await idsOf(folder)).toEqual(['1', '2']);
    folder.write({ 'landing/d.csv': 'id\n4\n' });
    expect((await runMain(RUN, folder.path)).stdout).toContain('1 read = 1 written');
    expect(await idsOf(folder)).toEqual(['1', '2', '4']);
  });

  it('of a ledger that was lost names the command that rebuilds it', async () => {
    using folder = await loadedFolder();
    deleteState(folder);
    const { stdout, code } = await runMain(['reset', './landing', './lake'], folder.path);
    expect(stdout).toContain('  none, so what is loaded is not known\n');
    expect(stdout).toMatch(/instead: calve adopt \.\/landing \.\/lake\n$/);
    expect([code, existsSync(folder.at('lake/calve.db'))]).toEqual([30, false]);
  });

  it('--reload loads everything, again where it was loaded', async () => {
    using folder = await loadedFolder();
    expect((await runMain(['reset', 'landing', 'lake', '--reload'], folder.path)).code).toBe(0);
    expect((await runMain(RUN, folder.path)).stdout).toContain('2 read = 2 written');
    expect(await idsOf(folder)).toEqual(['1', '1', '2', '2']);
  });

  it('is the way out of a state whose table is behind', async () => {
    using folder = await loadedFolder();
    const stopped = await runMain([...RUN, '--table', 'default.other'], folder.path);
    expect(stopped.stderr).toContain('error MARKER_BEHIND: ');
    const line = /reset would do \(nothing is changed yet\): (.*)$/m.exec(stopped.stderr)?.[1];
    expect(line).toBe('calve reset ./landing ./lake --table default.other');
    expect((await type(`${line} --reload`, folder)).code).toBe(0);
    expect((await runMain([...RUN, '--table', 'default.other'], folder.path)).stdout).toContain(
      'Committed to default.other: 2 read = 2 written',
    );
  });
});

describe('calve history', () => {
  it('shows the commits, newest first, of a landing folder or of the only ingestion of a lake', async () => {
    using folder = await loadedFolder();
    folder.write({ 'landing/c.csv': 'id\n3\n' });
    await runMain(RUN, folder.path);
    const whole = await runMain(['history', './landing', './lake'], folder.path);
    const [second, first, end] = whole.stdout.split('\n');
    expect(second).toMatch(/^2 {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}1 file {2}1 read = 1 written \+ 0 rejected {2}snapshot \d+$/);
    expect(first).toMatch(/^1 {2}\d{4}-.* {2}2 files {2}2 read = 2 written \+ 0 rejected {2}snapshot \d+$/);
    expect([whole.code, end]).toEqual([0, '']);
    expect((await runMain(['history', 'lake'], folder.path)).stdout).toBe(whole.stdout);
    const newest = await runMain(['history', './lake', '--commits', '1'], folder.path);
    expect(newest.stdout).toBe(`${second}\n`);
    const older = /^Older commits: (.*)$/m.exec(newest.stderr)?.[1];
    expect(older).toBe('calve history ./lake --commits 1 --before 2');
    expect((await type(older, folder)).stdout).toBe(`${first}\n`);

    deleteState(folder);
    const lost = await runMain(['history', 'landing', 'lake'], folder.path);
    expect(lost.stdout.match(/^ {2}The table holds this commit, the ledger does not know it\.$/gm)).toHaveLength(2);
    const unnamed = await runMain(['history', 'lake'], folder.path);
    expect(unnamed.stderr).toContain('knows no ingestion: name the landing folder, or the ingestion with --id.');
    expect(unnamed.code).toBe(30);
    expect((await runMain(['history', 'lake', '--id', 'landing'], folder.path)).stdout).toBe(lost.stdout);
    expect(existsSync(folder.at('lake/calve.db'))).toBe(false);
  });

  it('of several ingestions wants to know which one, and of none says so', async () => {
    using folder = await loadedFolder();
    await runMain([...RUN, '--id', 'second'], folder.path);
    const several = await runMain(['history', 'lake'], folder.path);
    expect(several.stderr).toContain('knows 2 ingestions: name the landing folder, or the ingestion with --id: landing, second.');
    expect(several.code).toBe(30);
    const none = await runMain(['history', 'landing', 'other'], folder.path);
    expect(none.stdout).toBe('Ingestion landing has committed nothing to default.landing.\n');
    expect([none.code, existsSync(folder.at('other'))]).toEqual([0, false]);
  });
});

describe('calve accept-rollback', () => {
  it('is what a run on a table that was rolled back says, shows each choice first, and does the chosen one', async () => {
    using folder = await loadedFolder();
    const nothing = await runMain(['accept-rollback', './landing', './lake'], folder.path);
    expect([nothing.code, nothing.stdout]).toEqual([0, 'No table of "landing" was rolled back, or that was accepted before.\n']);
    const catalog = sqliteCatalog(folder.at('lake/catalog.db')).open();
    const commit = { requirements: [], updates: [{ action: 'remove-snapshot-ref' as const, 'ref-name': 'main' }] };
    await catalog.commit({ namespace: ['default'], name: 'landing' }, commit, nodeEnvironment());
    catalog.close();
    const stopped = await runMain(RUN, folder.path);
    expect([stopped.code, stopped.stderr]).toEqual([1, expect.stringContaining('error TABLE_ROLLED_BACK: ')]);
    const shown = await type(/accept-rollback would do \(nothing is changed yet\): (.*)$/m.exec(stopped.stderr)?.[1], folder);
    expect(shown.stdout).toContain('  concerned   2 files (');
    expect(shown.code).toBe(30);
    const done = await type(/one of:\n {2}(.* --reingest)$/m.exec(shown.stdout)?.[1], folder);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('Accepted: 2 files load again.')]);
    const next = await type(/^Load them with: (.*)$/m.exec(done.stdout)?.[1], folder);
    expect(next.code).toBe(0);
    expect(await idsOf(folder)).toEqual(['1', '2']);
  });
});
