import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type TestFolder, testFolder } from './run-calve.ts';
import { type MainEnd, runMain } from './run-main.ts';

const ROWS = Array.from({ length: 200 }, (_, id) => `${id},${id}.5\n`).join('');

/** A lake with two rejected rows, and a file that waits. */
async function messyFolder(folder: TestFolder): Promise<(line: string) => Promise<MainEnd>> {
  const calve = (line: string): Promise<MainEnd> => runMain(line.split(' '), folder.path);
  folder.write({ 'landing/a.csv': `id,amount\n${ROWS}200,n/a\n201,N/A\n` });
  await calve('run landing lake');
  folder.write({ 'landing/b.csv': 'id,amount\n300,1\n301,many\n' });
  return calve;
}

describe('calve findings', () => {
  it('is a report that can be forwarded as it is', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    const { stdout, code } = await calve('findings landing lake');
    expect(code).toBe(10);
    expect(stdout.replace(/^(Findings of landing), .*$/m, '$1, today')).toBe(`Findings of landing, today

Landed in default.landing: 200 rows of 1 file, in 1 commit.

Held: waits for a decision
  warning SCHEMA_TYPE_CONFLICT  column amount, 1 file
    b.csv waits: column "amount" is decimal(18,1), but 1 of 2 values do not fit, the first is "many" in b.csv line 3.
      b.csv line 3: "many"
    [1] Reject the rows that do not fit
    [2] Load such rows with null in "amount"

Rejected rows
  warning amount:decimal  column amount, 2 rows, 1 file
      a.csv line 202: "n/a"  in  200,n/a
      a.csv line 203: "N/A"  in  201,N/A
    [3] Read "n/a", "N/A" as null in "amount"
    [4] Load such rows with null in "amount"

To apply a fix, by its number: calve patch 1 landing lake
Files load with the next run: calve run landing lake
Rejected rows go again with: calve replay landing lake
`);
  });

  it('ends with 0 and one sentence when everything landed', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    await runMain(['run', 'landing', 'lake'], folder.path);
    const { stdout, code } = await runMain(['findings', 'landing', 'lake'], folder.path);
    expect(stdout).toContain('Nothing is held, quarantined, failed or rejected.');
    expect(code).toBe(0);
  });

  it('keeps the numbers and ids of its fixes between two calls', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    const fixes = async (): Promise<unknown> =>
      JSON.parse((await calve('findings landing lake --json')).stdout).findings.findings.map(
        (one: { id: string; fixes: unknown }) => [one.id, one.fixes],
      );
    expect(await fixes()).toEqual(await fixes());
  });
});

describe('calve patch', () => {
  it('applies several fixes, and stores the spec in the lake', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    const patched = await calve('patch 1,3 landing lake');
    expect(patched.stdout).toMatch(/^Applied \[1\] .*\nApplied \[3\] .*\nThe spec is stored in lake\/landing\.spec\.json; /);
    expect(patched.code).toBe(0);
  });

  it('refuses two fixes of one place, and fixes that are not there', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    const twice = await calve('patch 3,4 landing lake');
    expect([twice.code, twice.stderr]).toEqual([30, expect.stringContaining('Fixes 3 and 4 change the same place')]);
    const none = await calve('patch 9 landing lake');
    expect([none.code, none.stderr]).toEqual([30, expect.stringContaining('There is no fix 9; 1 to 4 are offered.')]);
    expect((await calve('patch landing lake')).stderr).toContain('calve patch begins with the fixes');
  });

  it('goes with replay from the first finding to an empty report', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    await calve('patch 3 landing lake');
    const dry = await calve('replay landing lake --only rejected --dry-run');
    expect(dry.stdout).toContain('  load  2 of 2 rejected rows of a.csv, from commit 1');
    const replayed = await calve('replay landing lake --only rejected');
    expect(replayed.stderr).toContain(`Spec: ${folder.at('lake/landing.spec.json')}`);
    expect(replayed.stdout).toContain('2 read = 2 written + 0 rejected');
    expect((await calve('replay landing lake --only rejected')).stdout).toContain('Nothing new');
    // What is declared about a column is judged when it is loaded.
    expect((await calve('run landing lake')).code).toBe(10);
    await calve('patch 1 landing lake');
    await calve('run landing lake');
    expect((await calve('findings landing lake')).stdout).toContain(
      'Landed in default.landing: 204 rows of 2 files, in 3 commits.',
    );
    expect((await calve('findings landing lake')).code).toBe(0);
  });

  it('rewrites a spec file in its own words', async () => {
    using folder = testFolder();
    await messyFolder(folder);
    const spec = {
      specVersion: 1,
      id: 'landing',
      input: { source: 'local', options: { path: folder.at('landing') }, format: 'detect' },
      outputs: [
        { name: 'main', sink: 'lake', options: { table: 'default.landing' } },
        { name: 'rejected', sink: 'lake', options: { table: 'default.landing__rejected' }, rows: 'rejected' },
      ],
    };
    folder.write({ 'spec.json': JSON.stringify(spec) });
    const end = await runMain(['patch', '1', '--spec', 'spec.json', 'lake'], folder.path);
    expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('The spec is stored in spec.json.')]);
    expect(JSON.parse(readFileSync(folder.at('spec.json'), 'utf8'))).toEqual({ ...spec, schema: { onTypeChange: 'reject-row' } });
  });

  it('takes options on top of a stored spec, and the landing folder that is named', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    await calve('patch 1 landing lake');
    const plan = JSON.parse((await calve('plan landing lake --columns note=string --json')).stdout).plan;
    expect(plan.spec.schema.onTypeChange).toBe('reject-row');
    expect(plan.spec.outputs[0].columns).toEqual({ note: { type: { kind: 'string' } } });
    const other = await calve('run landing lake --table default.other');
    expect([other.code, other.stderr]).toEqual([30, expect.stringContaining('the stored spec loads into default.landing')]);
  });
});

describe('calve replay', () => {
  it('loads rows that go with their file when a corrected version of it replaces them', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    await calve('patch 3 landing lake');
    await calve('replay landing lake --only rejected');
    folder.write({ 'landing/a.csv': 'id,amount\n1,1.5\n2,n/a\n', 'landing/b.csv': 'id,amount\n300,1\n' });
    const corrected = await calve('run landing lake --set /input/onChanged=replace');
    expect([corrected.code, corrected.stderr]).toEqual([0, expect.any(String)]);
    const { rows } = JSON.parse((await calve('head lake --rows 1000 --json')).stdout);
    expect(rows.rows.map((row: { id: string; amount: string | null }) => `${row.id} ${row.amount}`).sort()).toEqual([
      '1 1.5',
      '2 null',
      '300 1.0',
    ]);
    expect((await calve('audit landing lake')).stdout).toContain('everything agrees');
    expect((await calve('replay landing lake')).stdout).toContain('Nothing new');
  });
});

describe('calve rejects', () => {
  it('groups by cause with three of each, and lists single rows when asked to', async () => {
    using folder = testFolder();
    const calve = await messyFolder(folder);
    const { stdout } = await calve('rejects lake');
    expect(stdout.split('\n')[0]).toBe('amount:decimal  2 rows, 1 file');
    const all = JSON.parse((await calve('rejects lake --all --json')).stdout);
    expect([all.causes, all.rows.rows.length]).toEqual([null, 2]);
    const grouped = JSON.parse((await calve('rejects lake --json')).stdout);
    expect(grouped.causes).toMatchObject([
      { code: 'amount:decimal', rows: 2, files: 1, examples: [{ line: 202, raw: '200,n/a' }, { line: 203 }] },
    ]);
  });
});
