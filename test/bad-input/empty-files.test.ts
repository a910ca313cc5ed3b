import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GOOD, runLanding, testFolder } from './run-landing.ts';

describe('files without rows', () => {
  it('P34 a file of zero bytes, of a byte order mark, of line ends: no rows, no error, each one named; the others load', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, {
      'empty.csv': '',
      'mark.csv': Uint8Array.of(0xef, 0xbb, 0xbf),
      'ends.csv': '\r\n\r\n',
      'empty.csv.gz': gzipSync(''),
      'good.csv': GOOD,
    });
    expect(end.code).toBe(0);
    expect(end.document.run?.result.units).toMatchObject({ ingested: 1, skipped: 4 });
    for (const name of ['empty.csv', 'mark.csv', 'ends.csv', 'empty.csv.gz']) expect(end.screen).toContain(name);
    expect(end.rows).toHaveLength(2);
  });

  it('P34 a header only: it is loaded as no rows, and its columns are not made up', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'header.csv': 'id,name\n', 'good.csv': GOOD });
    expect(end.code).toBe(0);
    expect(end.document.run?.result.counts['main']).toMatchObject({ read: 2, written: 2, rejected: 0 });
    expect(end.rows).toHaveLength(2);
  });

  it('P34 nothing but files without rows: nothing is created, and the screen says why', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'empty.csv': '' });
    expect([end.code, end.document.run?.result.outcome]).toEqual([0, 'nothing-new']);
    expect(end.screen).toMatch(/empty\.csv.*(no rows|empty)/s);
    expect(end.document.run?.readers).toBeNull();
  });
});
