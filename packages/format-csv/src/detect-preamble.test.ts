import { describe, expect, it } from 'vitest';
import { findDialect } from './find-dialect.ts';

function find(text: string, options = {}) {
  const data = new TextEncoder().encode(text);
  const bytes = new Uint8Array(data.length * 2 + 16);
  bytes.set(data);
  const head = { bytes, length: data.length, start: 0, isFinal: true, lineEnd: 'LF' as const };
  return findDialect(head, { unescapedQuotes: 'stop-at-delimiter', ...options }, true);
}

describe('lines in front of the header', () => {
  it.each([
    ['a title and an empty line', 'Report of today\n\nid,name\n1,x\n2,y\n', 2],
    ['a title with a comma in quotes', '"Report, daily"\nid,name\n1,x\n2,y\n', 1],
    ['a title padded by a spreadsheet', 'Report,,\n,,\nid,name,x\n1,a,2\n', 2],
    ['a title above semicolons', 'Umsatz, gesamt\nid;name\n1;x\n2;y\n', 1],
  ])('are found for %s', (_, text, lines) => {
    const found = find(text);
    expect(found.preamble?.lines).toBe(lines);
    expect(found.sample.texts[0]?.slice(0, 2)).toEqual(['id', 'name']);
  });

  it.each([
    ['a file without', 'id,name\n1,x\n'],
    ['a short header', 'id\n1,x\n2,y\n'],
    ['a short header above names', 'name\nAnn,Bob\nCid,Dora\n'],
    ['two columns of which one has no name', 'name,\nx,y\nz,w\n'],
    ['a ragged file', 'Report\nid,name\n1\n2,y,z\n3\n'],
    ['one column', 'Report\nid\n1\n'],
  ])('are none in %s', (_, text) => {
    expect(find(text).preamble).toBeNull();
  });

  it.each([{ skipLines: 0 }, { header: false }, { columns: ['a', 'b'] }])('are not looked for with %j', (options) => {
    expect(find('Report of today\n\nid,name\n1,x\n2,y\n', options).preamble).toBeNull();
  });
});
