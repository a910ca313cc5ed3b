// Small files are decoded, typed and written together where one thread does the work. Each has the rows, counts, rejected rows and errors that it has alone.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCalve, seededRandom } from '@calve/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { threadsInProcess } from './threads-in-process.ts';
import { type Load, load } from './worker-world.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calve-small-files-'));
});
afterAll(() => rm(root, { recursive: true }));

const HEADER = 'id,name,amount,day\n';
const FILES = 70;

function row(file: number, index: number): string {
  return `${file * 1000 + index},customer ${index % 13},${index}.25,2026-03-${String((index % 28) + 1).padStart(2, '0')}\n`;
}

const rows = (file: number, count: number): string => Array.from({ length: count }, (_, index) => row(file, index)).join('');

/** Loads the files together, apart and in threads, and expects the same of all. */
async function expectSame(files: readonly string[], options: Partial<Load> = {}) {
  const folder = await mkdtemp(join(root, 'files-'));
  for (const [at, content] of files.entries()) await writeFile(join(folder, `${String(at).padStart(3, '0')}.csv`), content);
  const given = { folder, format: 'csv', segmentBytes: 16_384, environment: threadsInProcess(), ...options } as const;
  const together = await load({ ...given, workers: 0 });
  for (const how of [
    { workers: 0, gathers: false },
    { workers: 2, gathers: false },
  ]) {
    const other = await load({ ...given, ...how });
    const plain = ({ threads: _, decodedHere: __, error, ...rest }: typeof other) => ({
      ...rest,
      error: error && { code: error.code, message: error.message },
    });
    expect(plain(together)).toEqual(plain(other));
  }
  return together;
}

const provenance = ['source-file', 'record'] as const;

it('have the same rows together, with where each came from', async () => {
  const loaded = await expectSame(
    Array.from({ length: FILES }, (_, file) => HEADER + rows(file, 5 + (file % 30))),
    { provenance: [...provenance] },
  );
  expect(loaded.counts).toMatchObject({ main: { read: 1265, written: 1265 } });
  expect(loaded.decodedHere).toBe(0);
});

it('are loaded by the thread of the run where there are others, unless some are large', async () => {
  const folder = await mkdtemp(join(root, 'files-'));
  for (let file = 0; file < FILES; file += 1) await writeFile(join(folder, `${file}.csv`), HEADER + rows(file, 20));
  const given = { folder, format: 'csv', segmentBytes: 16_384, environment: threadsInProcess(), workers: 2 } as const;
  expect(await load(given)).toMatchObject({ threads: 0, decodedHere: 0, counts: { main: { written: FILES * 20 } } });
  await writeFile(join(folder, 'large.csv'), HEADER + rows(99, 60_000));
  const { threads, counts } = await load(given);
  expect(counts).toMatchObject({ main: { written: FILES * 20 + 60_000 } });
  expect(threads).toBeGreaterThan(0);
});

it('leave a large one to the threads, however many tiny ones are beside it', async () => {
  const folder = await mkdtemp(join(root, 'files-'));
  for (let file = 0; file < FILES; file += 1) await writeFile(join(folder, `${file}.csv`), `${HEADER}${row(file, 1)}`);
  await writeFile(join(folder, 'large.csv'), HEADER + rows(99, 2500));
  const given = { folder, format: 'csv', segmentBytes: 32_768, environment: threadsInProcess(), workers: 2 } as const;
  const { threads, counts } = await load(given);
  expect(counts).toMatchObject({ main: { written: FILES + 2500 } });
  expect(threads).toBeGreaterThan(0);
});

it('are kept apart where their batches would show in the files of partitions and threads may be given them', async () => {
  const table = { partitionBy: [{ transform: 'day', column: 'day' }] };
  const columns = { day: { type: { kind: 'date' } } };
  const tiny = Array.from({ length: FILES }, (_, file) => HEADER + rows(file, 20));
  expect(await expectSame(tiny, { table, columns })).toMatchObject({ decodedHere: 0 });
  const larger = Array.from({ length: 9 }, (_, file) => HEADER + rows(file, 600));
  expect(await expectSame(larger, { table, columns, segmentBytes: 65_536 })).toMatchObject({ decodedHere: 9 });
});

it('reach a writer one after the other that has to know whose rows it gets', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, file) => [
      `${String(file).padStart(2, '0')}.csv`,
      `id,name\n7,file ${file}\n7,again ${file}\n`,
    ]),
  );
  await using world = await createTestCalve({ files });
  const spec = world.calve
    .ingestion('people')
    .from('files', {})
    .as('csv', { header: true })
    .settle(0)
    .into('memory', { table: 'people' }, { mode: 'merge', keys: ['id'], provenance: [] })
    .build();
  const { counts } = await world.load(spec);
  expect(world.rows()).toMatchObject([{ name: 'again 11' }]);
  expect(counts).toMatchObject({ main: { read: 24, written: 1, deduplicated: 23 } });
});

it('have the same rejected rows, each with its file, line and number', async () => {
  const bad = (file: number): string => {
    if (file % 7 === 2) return `${rows(file, 4)}${file},bad,no amount,2026-03-01\n${rows(file, 3)}`;
    if (file % 7 === 4) return `${rows(file, 4)}"1","two\nlines",x,2026-03-01\n2,b,y,never\n${rows(file, 2)}`;
    return rows(file, 9);
  };
  const columns = { amount: { type: { kind: 'float64' } }, day: { type: { kind: 'date' } } };
  const loaded = await expectSame(
    Array.from({ length: FILES }, (_, file) => HEADER + bad(file)),
    { columns, provenance: [...provenance] },
  );
  expect(loaded.rejects).toHaveLength(30);
  expect(loaded.decodedHere).toBe(0);
});

it('stop at the same row when too many are rejected', async () => {
  const columns = { amount: { type: { kind: 'float64' } } };
  const files = Array.from({ length: FILES }, (_, file) => `${HEADER}${rows(file, 6)}${file > 20 ? '1,bad,x,2026-03-01\n' : ''}`);
  const loaded = await expectSame(files, { columns, limits: { maxRejectedRatio: 1, maxRejectedRows: 11 } });
  expect(loaded.error?.message).toMatch(/more than 11 rows were rejected.*021\.csv/);
});

it('leave out the same files when a value is the fault of its file', async () => {
  const columns = { amount: { type: { kind: 'float64' }, onFailure: 'fail-unit' } };
  const files = Array.from(
    { length: FILES },
    (_, file) => `${HEADER}${rows(file, 6)}${file % 30 === 9 ? '1,bad,x,2026-03-01\n' : ''}`,
  );
  const loaded = await expectSame(files, { columns });
  expect(loaded.error?.code ?? null).toBe('UNITS_SET_ASIDE');
});

it.each([1, 2, 3, 4])('have the same rows whatever stands in them, from seed %d on', async (seed) => {
  const random = seededRandom(seed * 7919);
  const odd = [
    '',
    HEADER,
    'id,name,amount,day\r\n1,a,2.5,2026-03-01\r\n',
    `\ufeff${HEADER}1,a,2.5,2026-03-01\n`,
    `${HEADER}1,a,2.5\n2,b,3.5,2026-03-01\n`,
    `${HEADER}1,a "b" c,2.5,2026-03-01\n`,
    `${HEADER}1,"a ""b"" c",2.5,2026-03-01`,
    `${HEADER}\n\n1,"a\n\nb",2.5,2026-03-01\n`,
    `${HEADER}1,"never closed,2.5,2026-03-01\n2,b,3.5,2026-03-01\n`,
    `${HEADER}${rows(1, 2000)}`,
    `day,amount,name,id\n2026-03-01,1.5,x,9\n`,
    `${HEADER}1,a,b,c\n`,
  ];
  const files = Array.from({ length: FILES }, (_, file) =>
    random.below(3) === 0 ? (odd[random.below(odd.length)] as string) : HEADER + rows(file, random.below(40)),
  );
  const columns = { id: { type: { kind: 'int64' } }, amount: { type: { kind: 'float64' } } };
  await expectSame(files, seed % 2 === 0 ? { columns, provenance: [...provenance] } : { provenance: [...provenance] });
});
