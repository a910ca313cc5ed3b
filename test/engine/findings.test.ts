import { describe, expect, it } from 'vitest';
import { MemoryWorld, TABLE } from './memory-world.ts';

const INTEGERS = { columns: { amount: { type: { kind: 'int64' as const } } } };
const WIDE = { limits: { maxRejectedRatio: 1 } };

describe('the findings of an ingestion', () => {
  it('are none when everything landed', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = 'id,amount\n1,10\n';
    await world.run();
    await using calve = world.calve();
    expect(await calve.findings(world.spec())).toMatchObject({
      reportVersion: 1,
      ingestion: 'orders',
      table: TABLE,
      landed: { files: 1, rows: 1, commits: 1, rejectedRows: 0 },
      ready: 0,
      findings: [],
    });
  });

  it('name the value, file and line behind rejected rows, by cause, with what loads them', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = 'id,amount\n1,n/a\n2,20\n3,"N/A"\n';
    world.files['b.csv'] = 'id,amount\n4,4,4\n5,-\n6,60\n';
    await world.run({ ...WIDE, ...INTEGERS });
    await using calve = world.calve();
    const report = await calve.findings(world.spec({ ...WIDE, ...INTEGERS }));
    expect(report.landed).toEqual({ files: 2, rows: 2, loadedRows: 2, commits: 1, rejectedRows: 4 });
    const [amount, count] = report.findings;
    expect(amount).toMatchObject({
      about: 'rejected',
      code: 'amount:int64',
      column: 'amount',
      files: 2,
      rows: 3,
      examples: [
        { file: 'memory:///a.csv', line: 2, value: 'n/a', record: '1,n/a' },
        { file: 'memory:///b.csv', line: 3, value: '-' },
        { file: 'memory:///a.csv', line: 4, value: 'N/A', record: '3,"N/A"' },
      ],
      fixes: [
        { number: 1, title: 'Read "n/a", "N/A", "-" as null in "amount"' },
        { number: 2, title: 'Load such rows with null in "amount"' },
      ],
    });
    expect(count).toMatchObject({ code: 'row:token-count', column: null, rows: 1, files: 1, fixes: [] });
  });

  it('tell why files wait, and no longer once the spec says otherwise', async () => {
    const world = new MemoryWorld();
    const rows = Array.from({ length: 50 }, (_, id) => `${id},${id}\n`).join('');
    world.files['a.csv'] = `id,amount\n${rows}`;
    world.files['b.csv'] = 'id,amount\n1,x\n2,y\n3,3\n';
    await world.run(INTEGERS);
    await using calve = world.calve();
    const report = await calve.findings(world.spec(INTEGERS));
    expect(report.findings[0]).toMatchObject({
      about: 'held',
      code: 'REJECTED_LIMIT',
      column: 'amount',
      at: { line: 2, column: 'amount' },
      evidence: [{ value: 'x', excludes: { kind: 'int64' } }],
      examples: [{ file: 'memory:///b.csv', line: 2, value: 'x' }],
    });
    expect(report.findings[0]?.fixes.map(({ title }) => title)).toEqual([
      // The table has the column as a number, from a.csv.
      'Load such rows with null in "amount"',
      'Load the rest, and set up to 67 % of the rows aside',
    ]);
    const mended = await calve.findings(world.spec({ ...INTEGERS, limits: { maxRejectedRatio: 0.7 } }));
    expect(mended.findings.filter(({ about }) => about === 'held')).toEqual([]);
  });
});
