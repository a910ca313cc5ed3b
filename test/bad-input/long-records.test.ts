import { describe, expect, it } from 'vitest';
import { GOOD, runLanding, testFolder } from './run-landing.ts';

const MEBIBYTE = 2 ** 20;

/** Text that would be 200 MB: made here, since no repository should hold it. */
function filled(head: string, bytes: number, tail = ''): Uint8Array {
  const content = new Uint8Array(head.length + bytes + tail.length).fill(0x78);
  content.set(new TextEncoder().encode(head));
  content.set(new TextEncoder().encode(tail), head.length + bytes);
  return content;
}

describe('records without an end', () => {
  it('P12 one line of 200 MB is given up after 16 MiB, with line and byte', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'line.csv': filled('id,name\n1,', 200 * MEBIBYTE), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['line.csv']).toMatchObject({ state: 'quarantined', code: 'LIMIT_LINE' });
    expect(end.setAside['line.csv']?.message).toMatch(/line 2.*byte 8.*16 MiB.*limits\.recordBytes/s);
    expect(end.rows).toHaveLength(2);
  });

  it('P12 a file that is nothing but such a line', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'line.csv': filled('', 200 * MEBIBYTE), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['line.csv']?.code).toMatch(/^LIMIT_(LINE|HEADER)$/);
    expect(end.rows).toHaveLength(2);
  });

  it('P13 a quote that is not closed in 200 MB is given up at the limit of a cell, and the screen says where it opened', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'quote.csv': filled('id,name\n1,a\n2,"', 200 * MEBIBYTE), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['quote.csv']).toMatchObject({ state: 'quarantined', code: 'LIMIT_CELL' });
    expect(end.setAside['quote.csv']?.message).toMatch(/line 3.*16 MiB.*quote/s);
    expect(end.rows).toHaveLength(2);
  });

  it('P14 a storm of quotes is read in one go', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'storm.csv': `id,name\n1,${'"a" '.repeat(40_000)}\n2,b\n` });
    expect(end.code).toBe(0);
    expect(String(end.rows[0]?.['name'])).toHaveLength(160_000);
  });
});
