import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileUri, localPath } from './file-uri.ts';

describe('local locations', () => {
  it.each([
    ['file:///lake/t', '/lake/t'],
    ['file:/lake/t', '/lake/t'],
    ['file://localhost/lake/t', '/lake/t'],
    ['/lake/t', '/lake/t'],
    ['file:///a b/é%20c', '/a b/é%20c'],
  ])('%s is the path %s', (location, path) => {
    expect(localPath(location)).toBe(path);
  });

  it('become URIs that are not percent-encoded, since engines do not decode them', () => {
    expect(fileUri('/a b/é%20c/')).toBe('file:///a b/é%20c');
    expect(fileUri('./lake')).toBe(`file://${resolve('lake')}`);
    expect(fileUri('file:/lake')).toBe('file:///lake');
    expect(localPath(fileUri('/a b/é'))).toBe('/a b/é');
  });

  it.runIf(process.platform !== 'win32')('keep a backslash, which is part of a name', () => {
    expect(localPath(fileUri(String.raw`/a\b/c`))).toBe(String.raw`/a\b/c`);
  });

  it.each(['s3://bucket/t', 'file://server/share', 'hdfs://x/y'])('%s is refused', (location) => {
    expect(() => localPath(location)).toThrow(expect.objectContaining({ code: 'ICEBERG_LOCATION_UNSUPPORTED' }));
    expect(() => fileUri(location)).toThrow(expect.objectContaining({ code: 'ICEBERG_LOCATION_UNSUPPORTED' }));
  });

  it.each(['/lake?', '/a#b'])('%s is refused: some engines would cut it', (location) => {
    expect(() => fileUri(location)).toThrow(expect.objectContaining({ code: 'ICEBERG_LOCATION_UNSUPPORTED' }));
  });
});
