import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';

const numbers = (from: number, count: number, rest = (n: number) => `${n}.50`): string =>
  Array.from({ length: count }, (_, at) => `${from + at},${rest(from + at)}\n`).join('');
const orders = `id,amount\n${numbers(1, 200)}`;

describe('calve run', () => {
  it('loads a folder, says what it did, and finds nothing new the second time', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders, 'landing/b.csv': `id,amount\n${numbers(201, 5)}`, 'landing/.hidden.csv': orders });
    const first = await folder.calve(['run', './landing', './lake']);
    expect(first.stdout).toMatch(
      /^Committed to default\.landing: 205 read = 205 written \+ 0 rejected \(2 files, snapshot \d+\)$/m,
    );
    expect(first.stdout).toContain('calve head ./lake --table default.landing');
    expect(first.stdout).not.toContain('calve rejects');
    expect(first.stdout).toMatch(
      /^ {2}PyIceberg {2}from pyiceberg.*\n {2}DuckDB {5}SELECT .*\n {2}Spark {6}.*run\.readers\.spark/m,
    );
    expect(first.stdout).not.toContain('spark-sql');
    expect(first.stderr).toContain(`State: ${folder.at('lake/calve.db')}\n`);
    expect(first.stderr).toContain('Loading 2 files (');
    expect(first.stderr).toContain('Left out: .hidden.csv: ');
    expect(first.code).toBe(0);
    expect(first.peakMemoryBytes).toBeGreaterThan(20 * 2 ** 20);
    expect(first.peakMemoryBytes).toBeLessThan(300 * 2 ** 20);
    expect(readdirSync(folder.at('lake')).sort()).toEqual(['calve.db', 'catalog.db', 'warehouse']);

    rmSync(folder.at('landing/.hidden.csv'));
    const second = await folder.calve(['run', './landing', './lake']);
    expect([second.code, second.stdout]).toEqual([0, 'Nothing new: every file is in the table already.\n']);
  });

  it('loads one file, which is then known to a run over its folder', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders, 'landing/b.csv': `id,amount\n${numbers(201, 5)}` });
    const one = await folder.calve(['run', 'landing/a.csv', 'lake']);
    expect(one.stdout).toContain('200 read = 200 written + 0 rejected (1 file,');
    const all = await folder.calve(['run', 'landing', 'lake']);
    expect(all.stdout).toContain('Committed to default.landing: 5 read = 5 written + 0 rejected (1 file,');
  });

  it('shows rejected rows with the finding, file and line, and the option that makes them fit', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': `${orders}201,abc\n` });
    const { code, stdout, stderr } = await folder.calve(['run', 'landing', 'lake']);
    expect(stderr).toMatch(/^warning SCHEMA_VALUES_REFUTED {2}a\.csv:202$/m);
    expect(stderr).toContain('-> Make "amount" text: --columns amount=string');
    expect(stdout).toContain('201 read = 200 written + 1 rejected');
    expect(stdout).toContain('calve rejects lake --table default.landing');
    expect(code).toBe(0);
    const rejects = await folder.calve(['rejects', 'lake']);
    expect(rejects.stdout).toBe(`amount:decimal  1 row, 1 file\n  ${folder.at('landing/a.csv')}:202\n    201,abc\n`);
    const rows = await folder.calve(['rejects', 'lake', '--all']);
    expect(rows.stdout).toBe(`${folder.at('landing/a.csv')}:202  amount:decimal\n  201,abc\n`);

    const asText = await folder.calve(['run', 'landing', 'other', '--columns', 'amount=string']);
    expect(asText.stdout).toContain('201 read = 201 written + 0 rejected');
  });

  it('tells how the folder name became a table and an id', async () => {
    using folder = testFolder();
    folder.write({ '2024 Aufträge/a.csv': orders });
    const { code, stdout, stderr } = await folder.calve(['run', '2024 Aufträge', 'lake']);
    expect(stderr).toContain(
      '"2024 Aufträge" fits neither a table nor an id, so it became table default._2024_Auftrage, id _2024_Auftrage.',
    );
    expect(stdout).toContain('Committed to default._2024_Auftrage');
    expect(code).toBe(0);
    const named = await folder.calve(['run', '2024 Aufträge', 'other', '--table', 'sales.orders', '--id', 'orders']);
    expect(named.stdout).toContain('Committed to sales.orders');
    expect(named.stderr).not.toContain('fits neither');
  });

  it('takes a state file, a pattern and a decoder process from the options', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders, 'landing/b.txt': orders });
    const end = await folder.calve([
      'run',
      'landing',
      'lake',
      '--pattern',
      '*.csv',
      '--state',
      's/state.db',
      '--isolation',
      'process',
    ]);
    expect(end.stdout).toContain('(1 file,');
    expect(end.stderr).toContain(`State: ${folder.at('s/state.db')}\n`);
    expect(end.code).toBe(0);
    expect(readdirSync(folder.at('s'))).toEqual(['state.db']);
    expect(end.childProcesses).toBeGreaterThan(0);
  });
});

describe('calve run, when not everything fits', () => {
  it('commits the rest, names the files and what to do, and ends with 10', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders, 'landing/p.csv': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') });
    const { code, stdout, stderr } = await folder.calve(['run', 'landing', 'lake']);
    expect(stdout).toContain('Committed to default.landing: 200 read');
    expect(stdout).toContain('Not loaded: 1 file\n  held  p.csv  FORMAT_UNKNOWN\n    p.csv starts like a PNG image');
    expect(stderr).toContain('error UNITS_SET_ASIDE: 1 file was set aside. The rest is committed.');
    expect(stderr).toContain('--allow held, and the exit code becomes 0.');
    expect(code).toBe(10);
    expect((await folder.calve(['run', 'landing', 'lake', '--allow', 'held'])).code).toBe(0);
  });

  it('ends with 20 when a decision about the schema is needed, and names the choices', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders });
    expect((await folder.calve(['run', 'landing', 'lake'])).code).toBe(0);
    folder.write({ 'landing/b.csv': `id,amount\n${numbers(1, 5, () => 'many')}` });
    const { code, stdout, stderr } = await folder.calve(['run', 'landing', 'lake']);
    expect(stdout).toMatch(/^ {2}held {2}b\.csv {2}SCHEMA_TYPE_CONFLICT$/m);
    expect(stdout).toContain('    -> Reject the rows that do not fit: --set /schema/onTypeChange=reject-row\n');
    expect(stderr).toContain(
      'What to do: fix b.csv; or add the words behind -> to the command; or leave it out with --allow held, and the exit code becomes 0.',
    );
    expect(code).toBe(20);
  });

  it('ends with 10 and commits nothing when too many rows are bad, and takes a higher limit', async () => {
    using folder = testFolder();
    const bad = `${orders}${numbers(201, 2, () => 'x')}`;
    folder.write({ 'landing/a.csv': bad });
    const strict = ['run', 'landing', 'lake', '--columns', 'id=int64,amount=decimal(12,2)', '--limits'];
    const held = await folder.calve([...strict, 'maxRejectedRows=1']);
    expect(held.stderr).toContain('error REJECTED_LIMIT: Nothing was committed');
    expect(held.stderr).toContain('raise --limits maxRejectedRows=… or --limits maxRejectedRatio=…');
    expect(held.code).toBe(10);
    expect(`${held.stdout}${held.stderr}`.match(/more than 1 rows were rejected/g)).toHaveLength(1);
    expect(held.stdout).toContain(
      'Not loaded: 1 file\n  held  a.csv  REJECTED_LIMIT\n    -> Make "amount" text: --columns amount=string\n    -> Load the rest, and set aside however many rows do not fit: ',
    );
    expect(held.stderr).toContain('What to do: fix a.csv; or ');
    const taken = await folder.calve([...strict, 'maxRejectedRows=10,maxRejectedRatio=0.5']);
    expect(taken.stdout).toContain('202 read = 200 written + 2 rejected');
  });

  it('ends with 1 in plain words when the state is no database', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders, 'lake/calve.db': 'this is no database, but a text of some length'.repeat(20) });
    const { code, stdout, stderr } = await folder.calve(['run', 'landing', 'lake']);
    expect(stderr).toContain('error CHECKPOINT_UNAVAILABLE: ');
    expect(stderr).toContain('What to do: ');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('says so when no file fits the pattern', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': orders });
    const { code, stdout } = await folder.calve(['run', 'landing', 'lake', '--pattern', 'b*.csv']);
    expect(stdout).toContain('Nothing to load: No file in ');
    expect(code).toBe(0);
    expect(readdirSync(folder.path)).toEqual(['landing']);
  });
});
