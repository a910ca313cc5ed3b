import { describe, expect, it } from 'vitest';
import { GOOD, runLanding, testFolder } from './run-landing.ts';

describe('headers', () => {
  it('P08 __proto__, constructor, toString and hasOwnProperty are names like any others', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, {
      'proto.csv': '__proto__,constructor,toString,hasOwnProperty\n{"polluted":1},b,c,d\nx,y,z,w\n',
    });
    expect(end.code).toBe(0);
    expect(end.rows.map((row) => Object.entries(row))).toEqual([
      [
        ['__proto__', '{"polluted":1}'],
        ['constructor', 'b'],
        ['toString', 'c'],
        ['hasOwnProperty', 'd'],
      ],
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['toString', 'z'],
        ['hasOwnProperty', 'w'],
      ],
    ]);
  });

  it('P28 the same name twice: both columns stay, renamed, and the screen says how', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'twice.csv': 'id,amount,amount\n1,2,3\n' });
    expect(end.code).toBe(0);
    expect(end.rows.map((row) => Object.keys(row))).toEqual([['id', 'amount1', 'amount2']]);
    expect(end.messages('CSV_HEADER_RENAMED')[0]).toMatch(/"amount" is now amount1.*"amount" is now amount2/);
  });

  it('P29 names that differ in upper and lower case only collide in Iceberg and Spark: renamed, and said', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'case.csv': 'Id,ID,name\n1,2,Ada\n' });
    expect(end.code).toBe(0);
    expect(end.rows.map((row) => Object.keys(row))).toEqual([['Id0', 'ID1', 'name']]);
    expect(end.findings).toContain('CSV_HEADER_RENAMED');
  });

  it('P31 a name of 4,000 characters is refused with its length and place; the others load', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'long.csv': `id,${'n'.repeat(4000)}\n1,2\n`, 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['long.csv']).toMatchObject({ state: 'quarantined', code: 'LIMIT_NAME' });
    expect(end.setAside['long.csv']?.message).toMatch(/4,?000/);
    expect(end.rows).toHaveLength(2);
  });

  it('P31 names with dots, backticks, quotes and spaces reach the table as they are', async () => {
    using folder = testFolder();
    const names = ['a.b', 'c`d', 'e f', "g'h", 'Größe €'];
    const end = await runLanding(folder, { 'names.csv': `${names.join(',')}\n1,2,3,4,5\n` });
    expect(end.code).toBe(0);
    expect(Object.keys(end.rows[0] ?? {})).toEqual(names);
  });

  it('P32 a column with the name of one that Calve adds is refused or renamed, and said', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'reserved.csv': 'id,_source_file\n1,mine\n' });
    expect(end.screen).toContain('_source_file');
    expect([...end.findings, ...Object.values(end.setAside).map(({ code }) => code), end.document.error?.code]).toContain(
      'SCHEMA_RESERVED_NAME',
    );
  });

  it('P11 10,000 columns of 10 rows load', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'wide.csv': wide(10_000) });
    expect(end.code).toBe(0);
    expect(end.document.run?.result.counts['main']).toMatchObject({ read: 10, written: 10 });
    expect(Object.keys(end.rows[9] ?? {})).toHaveLength(10_000);
    expect(end.rows[9]?.['c9999']).toSatisfy((value: unknown) => String(value) === '89991');
  });

  it('P11 100,000 columns are refused, and the others load', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'wider.csv': wide(100_000), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['wider.csv']?.state).toBe('quarantined');
    expect(end.setAside['wider.csv']?.code).toMatch(/^LIMIT_(COLUMNS|HEADER)$/);
    expect(end.setAside['wider.csv']?.message).toMatch(/10,?000/);
    expect(end.rows).toHaveLength(2);
  });
});

function wide(columns: number): string {
  const line = (cell: (column: number) => string): string =>
    `${Array.from({ length: columns }, (_, at) => cell(at)).join(',')}\n`;
  return line((at) => `c${at}`) + Array.from({ length: 10 }, (_, row) => line((at) => String(at * row))).join('');
}
