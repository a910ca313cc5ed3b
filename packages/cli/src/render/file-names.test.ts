import { describe, expect, it } from 'vitest';
import { fileNames } from './file-names.ts';

const names = fileNames('/data/my landing');

describe('fileNames', () => {
  it('calls a file by its path below the landing folder, others by their whole path', () => {
    expect(names.of('file:///data/my%20landing/2024/a%23b.csv#12-34-5-ab')).toBe('2024/a#b.csv');
    expect(names.of('file:///data/other/a.csv#1-2-3-x')).toBe('/data/other/a.csv');
    expect(fileNames(null).of('file:///data/a%20b.csv')).toBe('/data/a b.csv');
    const only = fileNames('/data/a b.csv');
    expect([only.of('file:///data/a%20b.csv#1'), only.of('file:///data/a%20b.csv.gz')]).toEqual(['a b.csv', '/data/a b.csv.gz']);
    expect(names.of('memory:///a.csv#1')).toBe('memory:///a.csv');
  });

  it('writes names instead of URIs into a sentence', () => {
    expect(
      names.inText('file:///data/my%20landing/a.csv: as file:///data/my%20landing/b%20c.csv, (file:///data/my%20landing/d.csv).'),
    ).toBe('a.csv: as b c.csv, (d.csv).');
    expect(names.inText('file:///data/other/a.csv stays.')).toBe('file:///data/other/a.csv stays.');
  });
});
