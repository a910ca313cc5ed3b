import { openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { landed, runLanding, testFolder } from './run-landing.ts';

const GOOD = '{"id":1,"name":"Ada"}\n{"id":2,"name":"Grace"}\n';
const deep = (levels: number, isClosed = true): string => '['.repeat(levels) + (isClosed ? ']'.repeat(levels) : '');

/** Enough good records that one bad one is below the limit of rejected rows. */
const many = (bad: string): string => `${'{"id":3,"name":"Edsger"}\n'.repeat(150)}${bad}\n`;

describe('JSON files', () => {
  it('that are no table, cut off or no JSON are set aside with the reason, and the others load', async () => {
    using folder = testFolder();
    const members = Array.from({ length: 100_000 }, (_, index) => `"k${index}":${index}`).join(',');
    const end = await runLanding(folder, {
      'good.jsonl': GOOD,
      'numbers.json': '[1,2,3]',
      'topology.json': '{"type":"Topology","arcs":[[[0,0]]],"objects":{}}',
      'cut.json': '[{"id":1,"name":"a"},{"id":2,"na',
      'broken.json': '[\n{"id":1},\n{"id":2 "name":"b"}\n]\n',
      'deep.json': `{"x":${deep(5000)},"records":[{"id":1}]}`,
      'wide.json': `{${members}}`,
      'long-name.jsonl': `{"${'n'.repeat(1000)}":1}\n`,
    });
    expect(end.code).toBe(10);
    expect(Object.fromEntries(Object.entries(end.setAside).map(([file, { code }]) => [file, code]))).toEqual({
      'numbers.json': 'JSON_NOT_RECORDS',
      'topology.json': 'JSON_NOT_RECORDS',
      'cut.json': 'MALFORMED_UNIT',
      'broken.json': 'MALFORMED_UNIT',
      'deep.json': 'MALFORMED_UNIT',
      'wide.json': 'LIMIT_COLUMNS',
      'long-name.jsonl': 'LIMIT_NAME',
    });
    expect(end.setAside['numbers.json']?.message).toContain('an array of plain values');
    expect(end.setAside['broken.json']?.message).toMatch(/line 3 \(byte 20\)/);
    expect(end.rows).toHaveLength(2);
  });

  it('a string of 1 GiB is given up after 16 MiB', async () => {
    using folder = testFolder();
    folder.write({ 'landing/good.jsonl': GOOD, 'landing/string.jsonl': '' });
    const path = join(folder.path, 'landing/string.jsonl');
    const file = openSync(path, 'r+');
    writeSync(file, '{"id":1,"name":"');
    truncateSync(path, 2 ** 30);
    const end = await landed(folder, (lake) => ['run', 'landing', lake]);
    expect(end.setAside['string.jsonl']).toMatchObject({ state: 'quarantined', code: 'LIMIT_CELL' });
    expect(end.setAside['string.jsonl']?.message).toMatch(/line 1 \(byte 15\).*16 MiB/s);
    expect(end.rows).toHaveLength(2);
  });

  it('records that are none are set aside one by one, with their line', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, {
      'deep.jsonl': many(`{"id":${deep(5000)}}`),
      'open.jsonl': many(deep(5000, false)),
      'name.jsonl': many(`{"${'n'.repeat(2 ** 20)}":1}`),
      'escape.jsonl': many('{"name":"\\x"}'),
      'nan.jsonl': many('{"id":NaN}'),
      'number.jsonl': many(`{"id":${'7'.repeat(2000)}}`),
      'bytes.jsonl': Uint8Array.from([...Buffer.from(many('{"id":4}')), ...Buffer.from('{"name":"\xff"}\n', 'latin1')]),
    });
    expect(end.code).toBe(0);
    expect(end.document.run?.result.counts['main']).toMatchObject({ written: 7 * 150 + 1, rejected: 7 });
    expect(end.screen).toMatch(/bytes\.jsonl:152\n.*in line 152 \(row:encoding\)/);
    for (const code of ['row:too-deep', 'row:json', 'row:long-key', 'row:nan', 'row:long-number', 'row:encoding']) {
      expect(end.messages('JSON_RECORDS_REJECTED').join()).toContain(`(${code})`);
    }
  });
});
