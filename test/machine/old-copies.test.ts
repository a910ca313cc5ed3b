import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { Broken } from './broken-world.ts';

/** Ids of the three files that are loaded, in a commit each, and of the one that waits. */
const LOADED = [1, 2, 11, 12, 21, 22];
const WAITING = [31, 32];
const ALL = [...LOADED, ...WAITING];
const OTHER = ['--id', 'anew', '--table', 'sales.anew'];

/** A way out that people are offered, and where it leads: the ids in the table after the next run. */
interface Choice {
  take(world: Broken): void | Promise<void>;
  /** Words instead of those of the fault, for the next run. */
  words?: readonly string[];
  leads: readonly number[];
  table?: string;
}

interface Fault {
  break(world: Broken): void | Promise<void>;
  code: string;
  /** What the sentence says of the fault and of what can be done. */
  says: RegExp;
  choices: Readonly<Record<string, Choice>>;
}

function reset(choice: '--reload' | '--from-now'): (world: Broken) => Promise<void> {
  return async (world) => {
    const { code, stderr } = await world.calve(...world.words('lake', 'reset', [choice]));
    expect(code, stderr).toBe(0);
  };
}

/** What the next run says when only the table of the rejected rows is left; it loads nothing before that. */
async function dropRejected(world: Broken): Promise<void> {
  const { code, stderr } = await world.calve(...world.words('lake'));
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /CHECKPOINT_BEHIND: The table sales\.orders__rejected holds 3 commits .* Nothing is loaded\. .* drop sales\.orders__rejected too, or use another/,
  );
  await world.python('catalog.purge_table("sales.orders__rejected")');
}

async function reloadWithoutRejected(world: Broken): Promise<void> {
  await reset('--reload')(world);
  await dropRejected(world);
}

const nothing = (): void => {};
const anew: Choice = { take: nothing, words: OTHER, leads: ALL, table: 'sales.anew' };
const restoreLake: Choice = { take: (world) => world.restore(3), leads: ALL };
/** Until no run asks for it any more: each one names the next table whose files the catalog does not know. */
const register: Choice = {
  take: async (world) => {
    await world.python('catalog.create_namespace_if_not_exists("sales")');
    for (const table of ['orders', 'orders__rejected']) {
      const { stderr } = await world.calve(...world.words('lake', 'plan'));
      const named = /does not know the table sales\.(\w+), .* or register (\S+\.metadata\.json) in a new one/.exec(stderr);
      if (named === null) break;
      expect([named[1], named[2]]).toEqual([table, world.newestMetadata(table)]);
      await world.python(`catalog.register_table("sales.${table}", "file://${named[2]}")`);
    }
  },
  leads: ALL,
};

const adoptTable: Choice = {
  take: async (world) => expect((await world.calve(...world.words('lake', 'adopt', ['--yes']))).code).toBe(0),
  leads: ALL,
};

const FAULTS: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    [1, 2].map((commit): [string, Fault] => [
      `catalog of ${commit} commits, state of 3`,
      {
        break: (world) => world.restore(commit, 'catalog.db'),
        code: 'MARKER_BEHIND',
        says: new RegExp(
          `knows 3 commits of ingestion "orders", but the table sales.orders holds only ${commit} of them: it was rolled back, restored from an old copy`,
        ),
        choices: {
          'restore the newest catalog': { take: (world) => world.restore(3, 'catalog.db'), leads: ALL },
          'reset --reload': { take: reset('--reload'), leads: [...LOADED.slice(0, 2 * commit), ...ALL] },
          'reset --from-now': { take: reset('--from-now'), leads: LOADED.slice(0, 2 * commit) },
          'another id and table': anew,
        },
      },
    ]),
  ),
  ...Object.fromEntries(
    [1, 2].map((commit): [string, Fault] => [
      `state of ${commit === 1 ? 'one commit' : '2 commits'}, table of 3`,
      {
        break: (world) => world.restore(commit, 'calve.db'),
        code: 'CHECKPOINT_BEHIND',
        says: new RegExp(`holds 3 commits of ingestion "orders", but the state \\S+ knows only ${commit}: it is an old copy`),
        choices: {
          'restore the newest state': { take: (world) => world.restore(3, 'calve.db'), leads: ALL },
          'adopt the table': adoptTable,
          'reset --from-now': { take: reset('--from-now'), leads: LOADED },
          'reset --reload': { take: reset('--reload'), leads: [...LOADED, ...ALL] },
          'another id and table': anew,
        },
      },
    ]),
  ),
  'state lost, table kept': {
    break: (world) => rmSync(world.at('calve.db')),
    code: 'CHECKPOINT_BEHIND',
    says: /holds 3 commits of ingestion "orders", but the state \S+ knows none: the state was deleted/,
    choices: {
      'restore the state': { take: (world) => world.restore(3, 'calve.db'), leads: ALL },
      'adopt the table': adoptTable,
      'another id and table': anew,
    },
  },
  'table dropped by PyIceberg, its files kept': {
    break: async (world) => {
      await world.python('catalog.drop_table("sales.orders")');
    },
    code: 'ICEBERG_TABLE_FORGOTTEN',
    says: /does not know the table sales\.orders, but \S+ holds its files, with 3 commits of ingestion "orders"/,
    choices: {
      'restore the catalog': { take: (world) => world.restore(3, 'catalog.db'), leads: ALL },
      'register the table': register,
      'another id and table': anew,
    },
  },
  'table purged by PyIceberg': {
    break: async (world) => {
      await world.python('catalog.purge_table("sales.orders")');
    },
    code: 'MARKER_BEHIND',
    says: /knows 3 commits of ingestion "orders", but the table sales\.orders does not exist: .*the table was deleted.* use another ingestion id.*, or drop sales\.orders__rejected too, .* and begin with a new state\.$/,
    choices: {
      'the rejected rows dropped too, and a new state': {
        take: async (world) => {
          rmSync(world.at('calve.db'));
          await world.python('catalog.purge_table("sales.orders__rejected")');
        },
        leads: ALL,
      },
      'the rejected rows dropped too, and reset --reload': {
        take: async (world) => {
          await world.python('catalog.purge_table("sales.orders__rejected")');
          await reset('--reload')(world);
        },
        leads: ALL,
      },
      'restore the lake': restoreLake,
      'a new state, then the rejected rows dropped too': {
        take: (world) => {
          rmSync(world.at('calve.db'));
          return dropRejected(world);
        },
        leads: ALL,
      },
      'reset --reload, then the rejected rows dropped too': { take: reloadWithoutRejected, leads: ALL },
      'another id': { take: nothing, words: ['--id', 'anew'], leads: ALL },
    },
  },
  'folder of the table deleted': {
    break: (world) => rmSync(world.at('warehouse', 'sales', 'orders'), { recursive: true }),
    code: 'ICEBERG_FILE_MISSING',
    says: /says that the table sales\.orders is at \S+, but that file is gone\. Nothing was changed\. Restore/,
    choices: {
      'restore the warehouse': { take: (world) => world.restore(3, 'warehouse'), leads: ALL },
      'another id and table': anew,
    },
  },
  'table made again under its name': {
    break: async (world) => {
      await world.python(
        'old = catalog.load_table("sales.orders").schema(); catalog.drop_table("sales.orders"); catalog.create_table("sales.orders", old)',
      );
    },
    code: 'MARKER_BEHIND',
    says: /but the table sales\.orders holds none of them: .*made anew/,
    choices: {
      'restore the table': { take: (world) => world.restore(3), leads: ALL },
      'reset --reload, then the rejected rows dropped too': { take: reloadWithoutRejected, leads: ALL },
      'another id and table': anew,
    },
  },
  'newest metadata file missing': {
    break: (world) => rmSync(world.newestMetadata()),
    code: 'ICEBERG_FILE_MISSING',
    says: /says that the table sales\.orders is at \S+, but that file is gone\. Nothing was changed\. Restore/,
    choices: {
      'restore the warehouse': { take: (world) => world.restore(3, 'warehouse'), leads: ALL },
      'another id and table': anew,
    },
  },
  'data file missing': {
    break: (world) => {
      const folder = world.at('warehouse', 'sales', 'orders', 'data');
      rmSync(join(folder, readdirSync(folder)[0] ?? ''));
    },
    code: 'ICEBERG_FILE_MISSING',
    says: /The table sales\.orders is damaged: its file \S+\.parquet is gone/,
    choices: {
      'restore the files': { take: (world) => world.restore(3, 'warehouse'), leads: ALL },
      'another id and table': anew,
    },
  },
  'catalog deleted': {
    break: (world) => rmSync(world.at('catalog.db')),
    code: 'ICEBERG_TABLE_FORGOTTEN',
    says: /does not know the table sales\.orders, but \S+ holds its files.*the catalog was deleted or replaced/,
    choices: {
      'restore the catalog': { take: (world) => world.restore(3, 'catalog.db'), leads: ALL },
      'register the table': register,
      'another id and table': anew,
    },
  },
  ...Object.fromEntries(
    (
      [
        ['cut off', (path) => truncateSync(path, 5000), 'the file is damaged'],
        ['all zeros', (path) => writeFileSync(path, Buffer.alloc(readFileSync(path).length)), 'the file is no SQLite database'],
      ] as [string, (path: string) => void, string][]
    ).flatMap(([name, damage, says]): [string, Fault][] => [
      [
        `catalog ${name}`,
        {
          break: (world) => damage(world.at('catalog.db')),
          code: 'ICEBERG_CATALOG_UNAVAILABLE',
          says: new RegExp(
            `Cannot read the catalog \\S+: ${says}\\. Nothing was changed\\. Restore it from a backup, or remove it`,
          ),
          choices: {
            'restore the catalog': { take: (world) => world.restore(3, 'catalog.db'), leads: ALL },
            'remove it and register the table': {
              take: async (world) => {
                rmSync(world.at('catalog.db'));
                await register.take(world);
              },
              leads: ALL,
            },
            'remove it, and another id and table': {
              take: (world) => rmSync(world.at('catalog.db')),
              words: OTHER,
              leads: ALL,
              table: 'sales.anew',
            },
          },
        },
      ],
      [
        `state ${name}`,
        {
          break: (world) => damage(world.at('calve.db')),
          code: 'CHECKPOINT_UNAVAILABLE',
          says: new RegExp(
            `The state file \\S+ cannot be used: ${says}; .*restore it from a backup, or remove it: the next run then says how it is rebuilt from the table`,
          ),
          choices: {
            'restore the state': { take: (world) => world.restore(3, 'calve.db'), leads: ALL },
            'remove it and adopt the table': {
              take: async (world) => {
                rmSync(world.at('calve.db'));
                expect((await world.calve(...world.words('lake', 'adopt', ['--yes']))).code).toBe(0);
              },
              leads: ALL,
            },
            ...Object.fromEntries(
              (['--reload', '--from-now'] as const).map((choice): [string, Choice] => [
                `remove it and reset ${choice}`,
                {
                  take: async (world) => {
                    rmSync(world.at('calve.db'));
                    await reset(choice)(world);
                  },
                  leads: choice === '--reload' ? [...LOADED, ...ALL] : LOADED,
                },
              ]),
            ),
            'remove it, and another id and table': {
              take: (world) => rmSync(world.at('calve.db')),
              words: OTHER,
              leads: ALL,
              table: 'sales.anew',
            },
          },
        },
      ],
    ]),
  ),
  'state of another lake': {
    break: (world) => cpSync(join(world.lake('second'), 'calve.db'), world.at('calve.db')),
    code: 'MARKER_CONFLICT',
    says: /hold different histories of ingestion "orders"/,
    choices: {
      'the state of this table': { take: (world) => world.restore(3, 'calve.db'), leads: ALL },
      'another id and table': anew,
    },
  },
  'catalog of another lake': {
    break: (world) => cpSync(join(world.lake('second'), 'catalog.db'), world.at('catalog.db')),
    code: 'ICEBERG_LAKE_COPIED',
    says: /The (catalog|lake in) \S+ is a copy of .* Nothing was changed\./,
    choices: { 'its own catalog': { take: (world) => world.restore(3, 'catalog.db'), leads: ALL } },
  },
};

describe.runIf(requireTier('python'))('what was put back, lost or mixed up', () => {
  let reader: PyIcebergReader;
  const table: string[] = [];
  beforeAll(async () => {
    reader = await startPyIceberg();
  });
  afterAll(async () => {
    await reader?.stop();
    process.stdout.write(`fault → code → choices\n${table.join('\n')}\n`);
  });

  it.each(Object.entries(FAULTS))(
    '%s: it is said, nothing is loaded, and each choice leads where it says',
    async (name, fault) => {
      table.push(`${name} → ${fault.code} → ${Object.keys(fault.choices).join('; ')}`);
      // One after the other, since each begins with a lake of its own.
      for (const [at, [choice, { take, words = [], leads, table: into = 'sales.orders' }]] of Object.entries(
        fault.choices,
      ).entries()) {
        using world = await Broken.make(reader);
        await fault.break(world);
        for (let time = 0; time < (at === 0 ? 2 : 1); time++) {
          const { code, stdout, stderr } = await runMain(world.words('lake'), world.path);
          const { error } = JSON.parse(stdout) as { error: { code: string; message: string } | null };
          expect({ code, error: error?.code }, error?.message).toEqual({ code: 1, error: fault.code });
          expect(error?.message).toMatch(fault.says);
          expect(stderr).toContain('What to do: ');
          expect(stderr).not.toMatch(/defect|^\s+at /m);
        }
        await take(world);
        const { code, stderr } = await runMain(
          [...world.words('lake').filter((word, place, all) => !replaced(word, place, all, words)), ...words],
          world.path,
        );
        expect(code, `${choice}: ${stderr}`).toBe(0);
        expect(await world.ids(into), choice).toEqual([...leads].sort((a, b) => a - b));
      }
    },
  );

  it.each([
    ['states', 'calve.db', 'MARKER_CONFLICT', /the state, or the catalog that names this table, is that of another lake/],
    ['catalogs', 'catalog.db', 'MARKER_CONFLICT', /the state, or the catalog that names this table, is that of another lake/],
    ['folders', '.', 'ICEBERG_LAKE_COPIED', /is a copy of/],
  ])(
    'two lakes whose %s were swapped: both say so, nothing is loaded, and swapped back both go on',
    async (_, name, code, says) => {
      using world = await Broken.make(reader);
      world.put('second', 61);
      const [one, other] = ['lake', 'second'].map((lake) => join(world.lake(lake), name)) as [string, string];
      const swap = (): void => {
        renameSync(one, `${world.path}/aside`);
        renameSync(other, one);
        renameSync(`${world.path}/aside`, other);
      };
      swap();
      for (const lake of ['lake', 'second']) {
        const { code: ended, stdout } = await runMain(world.words(lake), world.path);
        const { error } = JSON.parse(stdout) as { error: { code: string; message: string } | null };
        expect({ ended, error: error?.code }, `${lake}: ${error?.message}`).toEqual({ ended: 1, error: code });
        expect(error?.message).toMatch(says);
      }
      swap();
      for (const lake of ['lake', 'second']) expect((await runMain(world.words(lake), world.path)).code).toBe(0);
      expect(await world.ids('sales.orders')).toEqual(ALL);
      expect(await world.ids('sales.orders', 'second')).toEqual([51, 52, 61, 62]);
    },
  );
});

/** Options that stand in `words` replace those of the world, value included. */
function replaced(word: string, at: number, all: readonly string[], words: readonly string[]): boolean {
  return (
    words.includes(word.startsWith('--') ? word : (all[at - 1] ?? '')) &&
    (word.startsWith('--') || (all[at - 1] ?? '').startsWith('--'))
  );
}
