import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RowReader } from './row-reader.ts';
import { type TortureOptions, torture } from './torture.ts';
import type { TortureAdapter } from './torture-adapter.ts';
import { emptyResult, isWhole, placesTable, type TortureResult, tortureTable } from './torture-result.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torture-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writers of text: a line of the "table" per record. */
const appendAll = 'grep -h ^[0-9] {landing}/*.csv | cut -d, -f1';
/** The whole table at once, under another name first. */
const atomic = `${appendAll} > {state}/next; cmp -s {state}/next {lake}/table || mv {state}/next {lake}/table`;
/** Appends each new file, dies between that and its note when told. */
const listed = `die=; [ "$1" = --die ] && die=$2
for f in {landing}/*.csv; do grep -qsxF "$f" {state}/done && continue
grep ^[0-9] "$f" | cut -d, -f1 >> {lake}/table; echo appended >> {steps}; [ "$die" = appended ] && kill -9 $$; echo "$f" >> {state}/done; done; exit 0`;

const adapter = (script: string, more: Partial<TortureAdapter> = {}): TortureAdapter => ({
  name: 'text',
  command: ['sh', '-c', script, 'sh'],
  tables: [{ kind: 'folder', folder: '{lake}', column: 'id' }],
  ...more,
});

const reader: RowReader = {
  async ids([table]) {
    if (table?.kind !== 'folder') return [];
    return (await readFile(join(table.folder, 'table'), 'utf8')).trim().split('\n').map(Number);
  },
  async [Symbol.asyncDispose]() {},
};

const run = (subject: TortureAdapter, more: Partial<TortureOptions> = {}): Promise<TortureResult> =>
  torture(subject, { seed: 1, kills: 8, folder, reader, ...more });

describe('a torture', () => {
  it('finds nothing in a writer that replaces its table in one go', async () => {
    const slow = `sleep 0.05; ${atomic}; sleep 0.05`;
    const result = await run(adapter(slow));
    expect(isWhole(result), JSON.stringify(result)).toBe(true);
    expect(result.kills).toBeGreaterThanOrEqual(8);
    expect(result.rows).toBe(result.batches * 8);
    expect(await readdir(folder)).toEqual([]);
  });

  it('counts what a writer doubles that dies between the rows and its note', async () => {
    const subject = adapter(listed, { stop: { arguments: ['--die', '{step}'], labels: ['appended'] } });
    const result = await run(subject, { kills: 4, killsPerLake: 2, keepsDamaged: true });
    expect(result.places.steps['appended']).toBeGreaterThan(0);
    expect(result.places.firsts['appended']).toBeGreaterThan(0);
    expect(result.duplicates).toBeGreaterThanOrEqual(8 * result.places.steps['appended']!);
    expect(result.damaged[0]).toMatchObject({ lake: 0, batch: 'orders-00000.csv', lost: 0 });
    expect(isWhole(result)).toBe(false);
    expect(result.kept.length).toBeGreaterThan(0);
  });

  it('says that a program is unfit before it kills anything', async () => {
    await expect(run(adapter('echo no disk >&2; exit 3'))).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('it ended with 3: no disk') as string,
    });
    await expect(run(adapter(`${appendAll} >> {lake}/table`))).rejects.toThrow(/of 16 records 24 rows were found/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports a start that writes although it has nothing to do, and one that never ends', async () => {
    const restless = await run(adapter(`sleep 0.05; ${atomic}; date +%N > {lake}/log-$$`), { kills: 2, killsPerLake: 2 });
    expect(restless.failures[0]?.what).toMatch(/nothing to do wrote log-\d+/);
    const sleeper = adapter(
      `${appendAll} > {state}/next; cmp -s {state}/next {lake}/table && sleep 30; mv {state}/next {lake}/table`,
    );
    const stuck = await run(sleeper, { kills: 1, killsPerLake: 1, patienceSeconds: 1 });
    expect(stuck.failures[0]?.what).toBe('it did not end within 1 s');
  });

  it('ends early when it is told to', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const result = await run(adapter(`sleep 0.05; ${atomic}`), { kills: 1000, signal: controller.signal, onProgress });
    expect(result.kills).toBeLessThan(10);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the tables of results', () => {
  it('line up', () => {
    const places = { steps: { one: 2 }, times: {}, firsts: {} };
    const result = { ...emptyResult('text', 1), places, kills: 1234, seconds: 61.4 };
    expect(tortureTable([{ ...result, batches: 5, rows: 40 }])).toBe(
      [
        '| adapter | kills | batches | rows | duplicates | lost | failures | seconds |',
        '| ------- | ----: | ------: | ---: | ---------: | ---: | -------: | ------: |',
        '| text    | 1,234 |       5 |   40 |          0 |    0 |        0 |      61 |',
      ].join('\n'),
    );
    expect(placesTable(result)).toBe(['| where | kills |', '| ----- | ----: |', '| one   |     2 |'].join('\n'));
  });
});
