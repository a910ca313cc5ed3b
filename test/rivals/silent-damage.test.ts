import { describe, expect, it } from 'vitest';
import { TemporaryLake } from './temporary-lake.ts';

// What other tools were seen to do without a word: fill the wrong columns, load a file twice, lose a column, turn a table into one column
// of text. Each case is either right here or a finding with a name.

/** A header and so many good rows: `id,amount,day`. */
function orders(first: number, count: number, columns = ['id', 'amount', 'day']): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const values: Record<string, string> = {
      id: String(first + row),
      amount: `${first + row}.25`,
      day: '2026-03-01',
      coupon: `C${first + row}`,
    };
    return columns.map((column) => values[column]).join(',');
  });
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}

const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

describe('what rivals do silently', () => {
  it('two columns swapped in a later file: values are found by name', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', orders(1, 3));
    expect((await lake.run()).result.outcome).toBe('committed');
    await lake.put('b.csv', orders(100, 2, ['day', 'amount', 'id']));
    expect((await lake.run()).result.outcome).toBe('committed');
    expect(await lake.rows()).toContainEqual({ id: '100', amount: '100.25', day: '2026-03-01' });
    expect(await lake.rows()).toHaveLength(5);
  });

  it('a row with a field too many: rejected with file, line and bytes; the others load', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', `${orders(1, 200)}9001,1.25,2026-03-01,surplus\n${orders(300, 3).split('\n').slice(1).join('\n')}`);
    const { result, findings } = await lake.run();
    expect(result).toMatchObject({ outcome: 'committed', counts: { main: { read: 204, written: 203, rejected: 1 } } });
    expect(codes(findings)).toContain('CSV_RAGGED_ROWS');
    const [rejected] = await lake.rejects();
    expect(rejected).toMatchObject({ line: '202', errors: ['row:token-count'] });
    expect(Buffer.from(String(rejected?.['raw']), 'base64').toString()).toBe('9001,1.25,2026-03-01,surplus');
  });

  it('a row with fields missing: rejected, never padded with nulls', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', `${orders(1, 200)}9001,1.25\n`);
    const { result } = await lake.run();
    expect(result.counts['main']).toMatchObject({ read: 201, written: 200, rejected: 1 });
    expect(await lake.rejects()).toMatchObject([{ line: '202', errors: ['row:token-count'] }]);
  });

  it('one bad cell: its row is rejected, the column keeps its type, and a finding says so (R152)', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', `${orders(1, 200)}abc,1.25,2026-03-01\n`);
    const { plan, result, findings } = await lake.run();
    expect(plan.columns.find(({ name }) => name === 'id')?.field.type).toEqual({ kind: 'int64' });
    expect(result.counts['main']).toMatchObject({ read: 201, written: 200, rejected: 1 });
    const finding = findings.find(({ code }) => code === 'SCHEMA_VALUES_REFUTED');
    expect(finding?.message).toContain('"abc"');
    expect(finding?.at?.line).toBe(202);
    expect(await lake.rejects()).toMatchObject([{ line: '202', errors: ['id:int64'] }]);
  });

  it('a bad cell in a later file of ten rows: the file waits, since too many of its rows would go (R093)', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', orders(1, 200));
    await lake.run();
    await lake.put('b.csv', `${orders(300, 9)}abc,1.25,2026-03-01\n`);
    const { result, error } = await lake.run();
    expect(result).toMatchObject({ outcome: 'held', units: { held: 1 } });
    expect(error?.code).toBe('UNITS_SET_ASIDE');
    expect(error?.diagnostics[0]).toMatchObject({ code: 'SCHEMA_TYPE_CONFLICT', at: { line: 11 } });
    expect(await lake.rows()).toHaveLength(200);
  });

  it('a new column: added in the commit of its data, and reported (R092)', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', orders(1, 3));
    await lake.run();
    await lake.put('b.csv', orders(100, 2, ['id', 'amount', 'day', 'coupon']));
    const { findings } = await lake.run();
    expect(codes(findings)).toContain('SCHEMA_COLUMN_ADDED');
    const rows = await lake.rows();
    expect(rows).toContainEqual({ id: '100', amount: '100.25', day: '2026-03-01', coupon: 'C100' });
    expect(rows).toContainEqual({ id: '1', amount: '1.25', day: '2026-03-01', coupon: null });
  });

  it('a column gone: null in its rows, and reported (R092)', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', orders(1, 3));
    await lake.run();
    await lake.put('b.csv', orders(100, 2, ['id', 'day']));
    const { findings } = await lake.run();
    expect(findings.find(({ code }) => code === 'SCHEMA_COLUMN_MISSING')?.message).toContain('"amount"');
    expect(await lake.rows()).toContainEqual({ id: '100', amount: null, day: '2026-03-01' });
  });

  it('the same command twice: nothing new (R132, R138)', async () => {
    const lake = await TemporaryLake.make();
    await lake.put('a.csv', orders(1, 3));
    expect((await lake.run()).result.outcome).toBe('committed');
    expect((await lake.run()).result.outcome).toBe('nothing-new');
    expect(await lake.rows()).toHaveLength(3);
  });
});
