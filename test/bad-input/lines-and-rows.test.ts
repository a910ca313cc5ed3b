import { describe, expect, it } from 'vitest';
import { GOOD, runLanding, testFolder } from './run-landing.ts';

const lines = ['id,name', '1,Ada', '2,Grace', ''];

describe('lines and rows', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('P15 a file with %s gives the same rows', async (_name, lineEnd) => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'lines.csv': lines.join(lineEnd) });
    expect(end.code).toBe(0);
    expect(end.rows.map(({ id, name }) => `${id} ${name}`)).toEqual(['1 Ada', '2 Grace']);
  });

  it('P15 line ends that change inside a file never join two rows: the file is refused, with the line', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'mixed.csv': 'id,name\r\n1,Ada\n2,Grace\r\n', 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['mixed.csv']).toMatchObject({ state: 'quarantined', code: 'CSV_MIXED_LINE_ENDS' });
    expect(end.setAside['mixed.csv']?.message).toMatch(/line \d/);
    expect(end.rows).toHaveLength(2);
  });

  it('P16 no line end at the end, empty lines: every row is there', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'blank.csv': 'id,name\n\n1,Ada\n\n\n2,Grace' });
    expect(end.code).toBe(0);
    expect(end.rows).toHaveLength(2);
  });

  it('P16 rows with too many or too few cells are rejected rows with their line, not lost and not filled up', async () => {
    using folder = testFolder();
    const good = Array.from({ length: 400 }, (_, row) => `${row},name ${row}\n`).join('');
    const end = await runLanding(folder, { 'ragged.csv': `id,name\n${good}400,a,b\n401\n402,ok,\n` });
    expect(end.code).toBe(0);
    expect(end.document.run?.result.counts['main']).toMatchObject({ read: 403, written: 400, rejected: 3 });
    expect(end.messages('CSV_RAGGED_ROWS')[0]).toMatch(/3 records.*line 402/);
    const rejects = await folder.calve(['rejects', 'landing', 'lake', '--json']);
    const { rows } = JSON.parse(rejects.stdout) as { rows: { rows: Record<string, unknown>[] } };
    expect(rows.rows.map(({ line, errors }) => [Number(line), errors])).toEqual(
      [402, 403, 404].map((line) => [line, ['row:token-count']]),
    );
  });
});
