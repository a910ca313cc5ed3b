import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from '../mishaps/mishap-world.ts';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';

const HISTORIES = 6;

/** What happens to a landing folder before its state is lost. A copy has the ids of the file that it is a copy of. */
const happening = fc.constantFrom(
  'new' as const,
  'new' as const,
  'copy' as const,
  'change' as const,
  'run' as const,
  'foreign' as const,
);

describe.runIf(requireTier('python'))('a lake whose state was lost, counted by PyIceberg', () => {
  let pyIceberg: PyIcebergReader;

  beforeAll(async () => {
    pyIceberg = await startPyIceberg();
  });
  afterAll(async () => {
    await pyIceberg?.stop();
  });

  it('holds every row once after its ledger was adopted and the ingestion went on', async () => {
    let adopted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 9 }), async (happenings) => {
        await using world = await MishapWorld.start();
        const catalog = { uri: `sqlite:///${world.at('lake/catalog.db')}`, warehouse: `file://${world.at('lake/warehouse')}` };
        const files = new Map<string, number[]>();
        const foreign: number[] = [];
        const loaded = new Set<string>();
        let number = 0;
        const run = async (): Promise<void> => {
          await world.run({ maxUnitsPerBatch: 2 });
          for (const name of files.keys()) loaded.add(name);
        };
        for (const happens of ['new' as const, 'run' as const, ...happenings]) {
          number += 1;
          const [first] = files.keys();
          if (happens === 'run') await run();
          else if (happens === 'foreign') {
            foreign.push(9000 + number);
            await pyIceberg.append(catalog, 'sales.orders', ['id', 'name'], [[String(9000 + number), 'theirs']]);
          } else if (happens === 'copy' && first !== undefined) {
            await world.write(`landing/${number}.csv`, rowsOf(...files.get(first)!));
          } else if (happens === 'change' && first !== undefined && loaded.has(first)) {
            await world.write(`landing/${first}`, rowsOf(...files.get(first)!, 5000 + number));
          } else {
            files.set(`${number}.csv`, [number * 10, number * 10 + 1]);
            await world.write(`landing/${number}.csv`, rowsOf(number * 10, number * 10 + 1));
          }
        }
        for (const end of ['', '-wal', '-shm']) await rm(world.at(`lake/calve.db${end}`), { force: true });
        await using calve = world.calve();
        const preview = await calve.previewAdopt(world.spec());
        expect(preview.namelessRows).toBe(foreign.length);
        await calve.adopt(world.spec(), preview.mustChoose ? { unknown: 'leave' } : {});
        await world.write('landing/last.csv', rowsOf(7777));
        await world.run();
        adopted += 1;
        const kept = [...files].filter(([name]) => loaded.has(name) || !preview.mustChoose).flatMap(([, ids]) => ids);
        const table = await pyIceberg.run(
          `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri=${JSON.stringify(catalog.uri)}, warehouse=${JSON.stringify(catalog.warehouse)}).load_table("sales.orders").scan().to_arrow()`,
        );
        const place = table.schema.findIndex(([name]) => name === 'id');
        const ids = table.rows.map((row) => Number(row[place])).sort((a, b) => a - b);
        expect(ids).toEqual([...kept, ...foreign, 7777].sort((a, b) => a - b));
      }),
      { numRuns: HISTORIES, seed: 20260305, endOnFailure: true },
    );
    expect(adopted).toBe(HISTORIES);
  });
});
