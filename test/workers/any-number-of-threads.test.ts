// The same table, byte for byte, whoever works on the files. Segments are small here, so that little data makes many of them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeEnvironment } from '@calve/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { threadsInProcess } from './threads-in-process.ts';
import { type Load, load } from './worker-world.ts';

type Files = Record<string, string | Uint8Array>;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calve-worker-files-'));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
async function folderOf(files: Files): Promise<string> {
  folders += 1;
  const folder = await mkdtemp(join(root, `${folders}-`));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Loads the files with none and with some threads, and expects the same. Real threads take their time to start. */
async function expectSame(
  files: Files,
  options: Partial<Load> & Pick<Load, 'format'>,
  threads = [1, 3],
  environment = threadsInProcess(),
) {
  const folder = await folderOf(files);
  const loads = [];
  for (const workers of [0, ...threads]) {
    // Small files are gathered where nothing else is said, and then by this thread alone.
    const gathers = workers === 0;
    loads.push(await load({ folder, segmentBytes: 4096, environment, gathers, ...options, workers }));
  }
  const [inline, ...shared] = loads.map(({ threads: _, decodedHere: __, error, ...rest }) => ({
    ...rest,
    error: error?.message ?? null,
  }));
  for (const one of shared) expect(one).toEqual(inline);
  expect(loads[0]?.threads).toBe(0);
  for (const { threads: started } of loads.slice(1)) expect(started).toBeGreaterThan(0);
  expect(inline?.files.length ?? 0).toBeGreaterThan(inline?.error ? -1 : 0);
  return { ...inline, decodedHere: loads.at(-1)?.decodedHere };
}

const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('');
const order = (index: number): string =>
  `${index},customer ${index % 13},${index}.25,2026-03-${String((index % 28) + 1).padStart(2, '0')}\n`;
const HEADER = 'id,name,amount,day\n';

describe('a CSV file of many segments', () => {
  it('is the same with any number of threads', async () => {
    const loaded = await expectSame({ 'a.csv': HEADER + rows(3000, order) }, { format: 'csv' }, [1, 2, 8], nodeEnvironment());
    expect(loaded).toMatchObject({ counts: { main: { read: 3000, written: 3000 } }, decodedHere: 0 });
  });

  it('also with line ends, delimiters and quotes inside of quotes', async () => {
    const quoted = (index: number): string =>
      `${index},"a ""b""\n, ${index}\r\n${'x,\n'.repeat(index % 17)}",${index}.5,2026-03-01\n`;
    await expectSame({ 'a.csv': HEADER + rows(1500, quoted) }, { format: 'csv' });
  });

  it('also with CRLF', async () => {
    await expectSame({ 'a.csv': (HEADER + rows(2000, order)).replaceAll('\n', '\r\n') }, { format: 'csv' });
  });

  it('also with CR, whose records are not told by line feeds', async () => {
    await expectSame({ 'a.csv': (HEADER + rows(2000, order)).replaceAll('\n', '\r') }, { format: 'csv' });
  });

  it('also where rejected rows, ragged rows and blank lines stand between the others', async () => {
    const dirty = (index: number): string => {
      if (index % 97 === 5) return `${index},too,short\n`;
      if (index % 89 === 3) return '\n\n';
      return index % 61 === 7 ? `${index},bad,amount,2026-03-01\n` : order(index);
    };
    const columns = { amount: { type: { kind: 'float64' } } };
    const loaded = await expectSame({ 'a.csv': HEADER + rows(3000, dirty) }, { format: 'csv', columns });
    expect(loaded.rejects?.length).toBeGreaterThan(50);
  });

  it('also where a quote stands in the middle of a cell, so that line feeds look as if they were inside of quotes', async () => {
    for (const [at, cell] of [
      [10, 'a 5" pipe'],
      [1400, '"a" b'],
      [2990, '"never closed'],
    ] as const) {
      const stray = (index: number): string => (index === at ? `${index},${cell},1.5,2026-03-01\n` : order(index));
      await expectSame({ 'a.csv': HEADER + rows(3000, stray) }, { format: 'csv' });
    }
  });

  it('also with stray quotes here and there, and quoted line feeds', async () => {
    const stray = (index: number): string => {
      if (index % 301 === 17) return `${index},a 5" pipe,1.5,2026-03-01\n`;
      return index % 7 === 0 ? `${index},"two\nlines",1.5,2026-03-01\n` : order(index);
    };
    await expectSame({ 'a.csv': HEADER + rows(3000, stray) }, { format: 'csv' });
  });

  it('also with a record that is longer than a segment', async () => {
    const long = (index: number): string => (index === 100 ? `${index},"${'x\n'.repeat(9000)}",1.5,2026-03-01\n` : order(index));
    await expectSame({ 'a.csv': HEADER + rows(1500, long) }, { format: 'csv' });
  });

  it('also with malformed text, of which a finding tells for the whole file', async () => {
    const text = Buffer.from(HEADER + rows(2500, order));
    text[50_000] = 0xff;
    const loaded = await expectSame({ 'a.csv': text }, { format: 'csv', formatOptions: { encoding: 'utf-8' } });
    expect(loaded.findings?.join()).toMatch(/UTF-8/);
  });

  it('also where records are numbered', async () => {
    await expectSame(
      { 'a.csv': HEADER + rows(2500, order), 'b.csv': HEADER + rows(900, order) },
      { format: 'csv', provenance: ['record', 'source-file'] },
    );
  });

  it('also where rows go to partitions', async () => {
    const table = { partitionBy: [{ transform: 'day', column: 'day' }] };
    await expectSame(
      { 'a.csv': HEADER + rows(2500, order) },
      { format: 'csv', table, columns: { day: { type: { kind: 'date' } } } },
    );
  });

  it('also where too many rows are rejected', async () => {
    const bad = (index: number): string => (index > 2000 && index % 3 === 0 ? `${index},bad,x,2026-03-01\n` : order(index));
    const options = {
      format: 'csv',
      columns: { amount: { type: { kind: 'float64' } } },
      limits: { maxRejectedRatio: 0.01 },
    } as const;
    const loaded = await expectSame({ 'a.csv': HEADER + rows(3000, bad) }, options);
    expect(loaded.error).toMatch(/rejected/);
  });
});

describe('other files', () => {
  it('many small ones, whose rows are encoded together', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, file) => [`${file}.csv`, HEADER + rows(20, (index) => order(file * 20 + index))]),
    );
    await expectSame(files, { format: 'csv' });
  });

  it('compressed ones, small and large', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, file) => [`${file}.csv.gz`, gzipSync(HEADER + rows(file * 400, (index) => order(index)))]),
    );
    await expectSame(files, { format: 'csv' });
  });

  it('large between small, in their order', async () => {
    await expectSame(
      {
        '1.csv': HEADER + rows(3, order),
        '2.csv': HEADER + rows(2000, order),
        '3.csv': HEADER + rows(5, order),
        '4.csv': HEADER,
      },
      { format: 'csv' },
    );
  });

  it('JSON, a record per line, some of them bad', async () => {
    const line = (index: number): string =>
      index % 83 === 4
        ? '{"id": 1,\n'
        : `${JSON.stringify({ id: index, who: { name: `n ${index}`, tags: ['a', String(index)] } })}\n`;
    const loaded = await expectSame({ 'a.json': rows(2500, line) }, { format: 'json' });
    expect(loaded.rejects?.length).toBeGreaterThan(20);
  });

  it('JSON that is planned from its head, with a member that comes late, alone and between small ones', async () => {
    const line = (index: number): string =>
      `${JSON.stringify({ id: index, name: `n ${index} ${'x'.repeat(60)}`, ...(index === 3500 ? { late: 1 } : {}) })}\n`;
    const columns = { id: { type: { kind: 'int64' } }, name: { type: { kind: 'string' } } };
    const large = rows(5000, line);
    const others = { '3.json': `\n${large}`, '4.json': `\n\n${large}` };
    const cases = [
      [{ 'a.json': large }, 64 << 10],
      [{ '1.json': rows(9, line), '2.json': large, ...others }, 64 << 10],
      [{ '1.json': rows(9, line), '2.json': large, ...others }, 512 << 10],
    ] as const;
    for (const [files, segmentBytes] of cases) {
      const loaded = await expectSame(files, { format: 'json', columns, segmentBytes }, [2]);
      expect(loaded.findings).toContainEqual(expect.stringContaining('"late" in line 3501'));
      expect(loaded.counts).toMatchObject({ main: { rejected: 0 } });
    }
  });
});
