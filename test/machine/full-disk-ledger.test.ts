import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { chosen, expectPlain } from './failing-call.ts';
import { FaultyShell, missingFaultyDisk } from './faulty-shell.ts';
import { FaultyWorld, memoryFolder } from './faulty-world.ts';
import { requireOfMachine } from './require-machine.ts';

const FIRST = [1, 2];
const LOADED = [...FIRST, 11, 12];
const ALL = [...LOADED, 21, 22];

/** What people do with a ledger by hand. */
interface Operation {
  words: readonly string[];
  /** Python that breaks the tables before. */
  python?: string;
  /** Whether the state is lost before. */
  isLost?: boolean;
  /** How it ends when there is room, if not with 0: something is left to do. */
  code?: number;
  /** Ids in the table after the run that follows. */
  leads: readonly number[];
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  adopt: { words: ['adopt', '--yes'], isLost: true, leads: ALL },
  'reset --from-now': { words: ['reset', '--from-now'], leads: LOADED },
  'reset --reload': { words: ['reset', '--reload'], leads: [...LOADED, ...ALL] },
  'accept-rollback --reingest': {
    words: ['accept-rollback', '--reingest'],
    python: [
      'for name in ["sales.orders", "sales.orders__rejected"]:',
      '    t = catalog.load_table(name)',
      '    t.manage_snapshots().rollback_to_snapshot(t.metadata.snapshots[0].snapshot_id).commit()',
    ].join('\n'),
    leads: ALL,
  },
  audit: { words: ['audit'], code: 10, leads: ALL },
  bundle: { words: ['bundle'], leads: ALL },
};

const isHere = requireOfMachine('disks that fail', missingFaultyDisk());

describe.runIf(requireTier('python') && isHere)('a disk that is full while a ledger is looked after', () => {
  let reader: PyIcebergReader;
  beforeAll(async () => {
    reader = await startPyIceberg();
  });
  afterAll(() => reader?.stop());

  function python(world: FaultyWorld, lake: string, source: string): Promise<string> {
    const [uri, warehouse] = [`sqlite:///${world.lake(lake)}/catalog.db`, `file://${world.lake(lake)}/warehouse`];
    return reader.execute(
      `from pyiceberg.catalog.sql import SqlCatalog\ncatalog = SqlCatalog("calve", uri=${JSON.stringify(uri)}, warehouse=${JSON.stringify(warehouse)})\n${source}`,
    );
  }

  it.each(Object.entries(OPERATIONS))(
    '%s: it is said, nothing is half-done, and the next try does all of it',
    async (name, { words: [command = '', ...more], python: breaks, isLost, code: ends = 0, leads }) => {
      using world = new FaultyWorld(memoryFolder());
      const operate = (lake: string): string[] => world.words(lake, command, [...more, '--json']);
      const tried: string[] = [];
      let done = 0;
      {
        await using shell = new FaultyShell(join(world.path, 'shell'), world.disk);
        const prepare = async (lake: string): Promise<void> => {
          for (const first of [1, 11]) {
            world.put(lake, first);
            const { code, stderr } = await shell.calve(world.words(lake), world.path);
            expect(code, stderr).toBe(0);
          }
          if (isLost) rmSync(join(world.lake(lake), 'calve.db'));
          if (breaks) await python(world, lake, `${breaks}\n0`);
          world.put(lake, 21);
        };
        await prepare('whole');
        const whole = await shell.calve(operate('whole'), world.path);
        expect(whole.code, whole.stderr).toBe(ends);
        for (const at of chosen(whole.calls, 2)) {
          const lake = `at-${at}`;
          await prepare(lake);
          const end = await shell.calve(operate(lake), world.path, at);
          tried.push(lake);
          if (end.code === ends) done += 1;
          else expectPlain(end, 'ENOSPC', world, `${name} at ${end.calls[at - 1]}`);
        }
      }
      for (const lake of ['whole', ...tried]) {
        const again = await runMain(operate(lake), world.path);
        expect(again.code, `${lake}: ${again.stderr}`).toBe(ends);
        const { code, stderr } = await runMain(world.words(lake), world.path);
        expect(code, `${lake}: ${stderr}`).toBe(0);
        const ids = await python(
          world,
          lake,
          'sorted(catalog.load_table("sales.orders").scan(selected_fields=("id",)).to_arrow().column(0).to_pylist())',
        );
        expect(JSON.parse(ids), lake).toEqual([...leads].sort((a, b) => a - b));
      }
      process.stdout.write(`${name}: ${tried.length} writes failed, ${done} of them after all was done\n`);
    },
  );
});
