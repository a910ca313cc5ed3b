import { appendFile, chmod, copyFile, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCalve } from '../../packages/cli/test/run-calve.ts';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { MishapWorld, rowsOf } from './mishap-world.ts';
import { asOrdinaryUser } from './ordinary-user.ts';

const TABLE = { id: 'landing', table: 'default.landing' };
const RUN = ['run', 'landing', 'lake'];

interface Screen {
  code: number | null;
  /** Everything that a person at a terminal sees, the notes first. */
  text: string;
}

/** A world in which `calve run landing lake` has loaded `a.csv` and `b.csv`, with the ids 1 and 2. */
async function loaded(words: readonly string[] = RUN): Promise<MishapWorld> {
  const world = await MishapWorld.start();
  await world.write('landing/a.csv', rowsOf(1));
  await world.write('landing/b.csv', rowsOf(2));
  expect(await inside(world, words)).toMatchObject({
    code: 0,
    text: expect.stringMatching(/Committed to \S+: 2 read/),
  });
  return world;
}

async function inside(world: MishapWorld, words: readonly string[] = RUN): Promise<Screen> {
  const { code, stdout, stderr } = await runMain(words, world.path);
  return { code, text: shown(world, stderr + stdout) };
}

/** In a process of its own, as it is installed. */
async function calve(world: MishapWorld, words: readonly string[] = RUN): Promise<Screen> {
  const { code, stdout, stderr } = await runCalve(words, { cwd: world.path });
  return { code, text: shown(world, stderr + stdout) };
}

function shown(world: MishapWorld, text: string): string {
  expect(text).not.toMatch(/^\s+at /m);
  return text.replaceAll(world.path, '<home>');
}

describe('a person who runs calve after', () => {
  it('copying a file to another name is told that it is loaded already', async () => {
    await using world = await loaded();
    await copyFile(world.at('landing/a.csv'), world.at('landing/copy of a.csv'));
    await world.setTime('landing/copy of a.csv');
    const { code, text } = await calve(world);
    expect(text).toContain(`Not loaded: 1 file
  skipped  copy of a.csv  OBJECT_SAME_CONTENT
    copy of a.csv has the same content as a.csv, which is loaded already or in the same batch: it is not loaded a second time.
  skipped: nothing has to be done.
`);
    expect(code).toBe(0);
    expect(await world.ids(TABLE)).toEqual([1, 2]);
  });

  it('changing a loaded file is told that it waits, and what to do', async () => {
    await using world = await loaded();
    await appendFile(world.at('landing/a.csv'), '3,name 3\n');
    await world.setTime('landing/a.csv');
    const { code, text } = await calve(world);
    expect(text).toContain(`Not loaded: 1 file
  held  a.csv  OBJECT_CHANGED_AFTER_LOAD
    a.csv changed after it was loaded; its earlier rows are in the table. Nothing of it is loaded until that is decided: put the earlier content back, put new rows into a new file, or use --set /input/onChanged=….
    -> Replace the rows of a changed file by those that it has now: --set /input/onChanged=replace
    -> Load changed files as a whole; their earlier rows stay, so rows that did not change are there twice: --set /input/onChanged=append
    -> Ignore changed files: --set /input/onChanged=ignore
`);
    expect(code).toBe(10);
    expect(await world.ids(TABLE)).toEqual([1, 2]);
    // The first way out, as it stands there.
    const words = /-> Load changed files.*: (--set \S+)$/m.exec(text)?.[1]?.split(' ') ?? [];
    expect((await inside(world, [...RUN, ...words])).code).toBe(0);
    expect(await world.ids(TABLE)).toEqual([1, 1, 2, 3]);
  });

  it('restoring the landing folder is told in one sentence that everything is loaded', async () => {
    await using world = await loaded();
    for (let id = 3; id <= 60; id++) await world.write(`landing/${id}.csv`, rowsOf(id));
    await inside(world);
    await cp(world.at('landing'), world.at('restored'), { recursive: true, preserveTimestamps: true });
    await rm(world.at('landing'), { recursive: true });
    await rename(world.at('restored'), world.at('landing'));
    const { code, text } = await calve(world);
    expect(text).toBe(`State: <home>/lake/calve.db
note OBJECT_UNCHANGED  60 files (10.csv, 11.csv, 12.csv, …) were moved, restored or touched, but their content is loaded already: nothing is loaded again.
Nothing new: every file is in the table already.
`);
    expect(code).toBe(0);
  });

  it('deleting the lake, while its state lies elsewhere, is told that the table is missing', async () => {
    const words = [...RUN, '--state', 'state/calve.db'];
    await using world = await loaded(words);
    await rm(world.at('lake'), { recursive: true });
    const { code, text } = await calve(world, words);
    expect(text).toContain(
      `error MARKER_BEHIND: The state <home>/state/calve.db knows one commit of ingestion "landing", but the table default.landing does not exist: the spec or --table names another table than before, the table was deleted, or this is another lake. Nothing is loaded until somebody decides. Name the earlier table, restore the deleted one, or name the lake that belongs to this state; to load everything again, into default.landing, use another ingestion id (--id) or begin with a new state.\n`,
    );
    expect(code).toBe(1);
    // Each way out, as it stands there.
    expect((await inside(world, [...RUN, '--state', 'state/new.db'])).code).toBe(0);
    expect(await world.ids({ ...TABLE, state: 'state/new.db' })).toEqual([1, 2]);
  });

  it('naming another table is told that this may be the reason, whether that table is there or not', async () => {
    await using world = await loaded();
    const { code, text } = await inside(world, [...RUN, '--table', 'default.other']);
    expect(text).toContain(
      'error MARKER_BEHIND: The state <home>/lake/calve.db knows one commit of ingestion "landing", but the table default.other does not exist: the spec or --table names another table than before, the table was deleted, or this is another lake.',
    );
    expect(text).toContain('What to do: name the earlier table (--table); or ');
    expect(code).toBe(1);
    await world.write('more/c.csv', rowsOf(3));
    expect((await inside(world, ['run', 'more', 'lake'])).code).toBe(0);
    expect((await inside(world, [...RUN, '--table', 'default.more'])).text).toContain(
      'but the table default.more holds none of them: the spec or --table names another table than before, or the table was rolled back, restored from an old copy or made anew.',
    );
    // The ways out: the earlier table, and another id.
    expect((await inside(world, [...RUN, '--table', 'default.landing'])).code).toBe(0);
    expect((await inside(world, [...RUN, '--table', 'default.other', '--id', 'again'])).code).toBe(0);
    expect(await world.ids({ id: 'again', table: 'default.other' })).toEqual([1, 2]);
  });

  it('forgetting --table and --id is warned before everything is loaded once more, with the words to type', async () => {
    const named = ['--id', 'orders', '--table', 'sales.orders'];
    await using world = await loaded([...RUN, ...named]);
    const { text } = await inside(world);
    expect(text).toMatch(
      /^warning: files of this folder are loaded already under the id orders\. This run has the id landing and loads them again, into default\.landing\. To go on with what is there: --id orders --table sales\.orders\n/,
    );
    for (const words of [[], named, ['--id', 'third']]) {
      expect((await inside(world, [...RUN, ...words])).text).not.toContain('warning');
    }
    await world.write('landings/c.csv', rowsOf(3));
    expect((await inside(world, ['run', 'landings', 'lake'])).text).not.toContain('warning');
  });

  it('deleting the lake with its state has everything loaded again', async () => {
    await using world = await loaded();
    await rm(world.at('lake'), { recursive: true });
    const { code, text } = await calve(world);
    expect(text).toContain('Committed to default.landing: 2 read = 2 written + 0 rejected (2 files, ');
    expect(code).toBe(0);
    expect(await world.ids(TABLE)).toEqual([1, 2]);
  });

  it('deleting the state is told that loading would load files twice', async () => {
    await using world = await loaded();
    await rm(world.at('lake/calve.db'));
    const { code, text } = await calve(world);
    expect(text).toContain(
      `error CHECKPOINT_BEHIND: The table default.landing holds one commit of ingestion "landing", but the state <home>/lake/calve.db knows none: the state was deleted, or it is not the one that belongs to this table. Nothing is loaded, since files would be loaded a second time. Restore the state from a backup, name the right one, or adopt the table, which rebuilds the state from its rows; to load everything again, use another ingestion id (--id) together with another table.\n`,
    );
    expect(code).toBe(1);
    expect(await world.ids(TABLE)).toEqual([1, 2]);
    const anew = await inside(world, [...RUN, '--id', 'again', '--table', 'default.again']);
    expect(anew.code).toBe(0);
    expect(await world.ids({ id: 'again', table: 'default.again' })).toEqual([1, 2]);
  });

  it('moving the lake is told to move it back or to leave a link, and both work', async () => {
    await using world = await loaded();
    await rename(world.at('lake'), world.at('big lake'));
    const { code, text } = await calve(world, ['run', 'landing', 'big lake']);
    expect(text).toContain(
      `error ICEBERG_LAKE_MOVED: The lake was moved: its catalog <home>/big lake/catalog.db says that the table default.landing is in <home>/lake, but its files are in <home>/big lake now. Iceberg tables name their files by absolute paths, so they work only under the path where they were made. Nothing was changed. Move the lake back to <home>/lake, or leave a link there: ln -s '<home>/big lake' <home>/lake\n`,
    );
    expect(code).toBe(1);
    expect((await inside(world, ['head', 'big lake'])).text).toContain('error ICEBERG_LAKE_MOVED');
    const { execFileSync } = await import('node:child_process');
    const command = /ln -s .*$/m.exec(text)?.[0].replaceAll('<home>', world.path) ?? '';
    execFileSync('sh', ['-c', command]);
    expect((await inside(world, ['run', 'landing', 'big lake'])).code).toBe(0);
    expect((await inside(world, ['head', 'big lake'])).text).toMatch(/name 1\n.*name 2\n/);
  });

  it('copying the lake is told that the copy would write into the original', async () => {
    await using world = await loaded();
    await cp(world.at('lake'), world.at('copy'), { recursive: true });
    await world.write('landing/c.csv', rowsOf(3));
    const before = await world.contentOf('.');
    const { code, text } = await calve(world, ['run', 'landing', 'copy']);
    expect(text).toContain(
      `error ICEBERG_LAKE_COPIED: The lake in <home>/copy is a copy of the one in <home>/lake: its catalog <home>/copy/catalog.db still has the table default.landing in <home>/lake, so whatever is written through it would go into the other lake. Nothing was changed. Use the lake in <home>/lake; for a second one, begin with an empty folder and load the files again; to go on with the copy alone, put it in the place of the original.\n`,
    );
    expect(code).toBe(1);
    expect(await world.contentOf('.')).toEqual(before);
  });
});

describe('a person is told in plain words of', () => {
  it('a file that may not be read', async () => {
    await using world = await loaded();
    for (const name of ['lake', 'lake/calve.db', 'lake/catalog.db']) await chmod(world.at(name), 0o777);
    for (const name of await world.foldersOf('lake')) await chmod(world.at(name), 0o777);
    await world.write('landing/closed.csv', rowsOf(3));
    await world.write('landing/open.csv', rowsOf(4));
    await chmod(world.at('landing/closed.csv'), 0);
    const { code, text } = await asOrdinaryUser(() => inside(world));
    expect(text).toContain(`Not loaded: 1 file
  failed  closed.csv  SOURCE_ACCESS_DENIED
    <home>/landing/closed.csv may not be read by this user; give it read permission. It is not loaded; the next run tries it again.
  failed: the file could not be read this time; the next run tries again.
`);
    expect(code).toBe(1);
    expect(await world.ids(TABLE)).toEqual([1, 2, 4]);
  });

  it('a plan whose file is gone', async () => {
    await using world = await loaded();
    for (const id of [3, 4]) await world.write(`landing/${id}.csv`, rowsOf(id));
    expect((await inside(world, ['plan', 'landing', 'lake', '--output', 'plan.json'])).code).toBe(0);
    await rm(world.at('landing/3.csv'));
    const { code, text } = await inside(world, ['apply', 'plan.json', 'lake']);
    expect(text).toMatch(/failed {2}3\.csv {2}OBJECT_NOT_FOUND\n {4}.*3\.csv does not exist; plan again\.\n/);
    expect(text).toContain('Committed to default.landing: 1 read = 1 written + 0 rejected (1 file, ');
    expect(code).toBe(1);
    expect(await world.ids(TABLE)).toEqual([1, 2, 4]);
  });

  it('a state that is no database', async () => {
    await using world = await loaded();
    await writeFile(world.at('lake/calve.db'), 'this is not a database '.repeat(50));
    const { code, text } = await inside(world);
    expect(text).toContain(
      'error CHECKPOINT_UNAVAILABLE: The state file <home>/lake/calve.db cannot be used: the file is no SQLite database; name another path, restore it from a backup, or remove it: the next run then says how it is rebuilt from the table (file is not a database).\n',
    );
    expect(code).toBe(1);
  });

  it('a catalog, a warehouse or data files that were deleted', async () => {
    const said: string[] = [];
    for (const name of ['catalog.db', 'warehouse', 'warehouse/default/landing/data']) {
      await using world = await loaded();
      await rm(world.at(`lake/${name}`), { recursive: true });
      const { text, code } = await inside(world);
      said.push(...(/^error .*$/m.exec(text) ?? []));
      expect(code, text).not.toBe(0);
      expect(text).not.toContain('Committed');
    }
    expect(said).toEqual([
      expect.stringMatching(
        /^error ICEBERG_TABLE_FORGOTTEN: The catalog <home>\/lake\/catalog\.db does not know the table default\.landing, but /,
      ),
      expect.stringMatching(
        /^error ICEBERG_FILE_MISSING: The catalog <home>\/lake\/catalog\.db says that the table default\.landing is at .*, but that file is gone\./,
      ),
      expect.stringMatching(
        /^error ICEBERG_FILE_MISSING: The table default\.landing is damaged: its file <home>\/lake\/warehouse\/default\/landing\/data\/.*\.parquet is gone/,
      ),
    ]);
  });

  it('names that would play with the terminal', async () => {
    await using world = await loaded();
    await mkdir(world.at('landing/new\nline'));
    await world.write('landing/new\nline/red \u001b[31m.csv', rowsOf(1));
    const { text } = await inside(world);
    expect(text).toContain('new\\u000aline/red \\u001b[31m.csv has the same content as a.csv');
    expect(text).not.toContain('\u001b[31m');
  });
});
