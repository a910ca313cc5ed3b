import { describe, expect, it } from 'vitest';
import { hadoopFile } from './hadoop-file.ts';

describe('a file as Hadoop names it', () => {
  it.each([
    ['file:///in/a.csv', 'file:///in/a.csv', 'file:/in/a.csv'],
    ['file:///in/a%20b%25%231%5Bx%5D%7By%7D.csv', 'file:///in/a b%#1[x]{y}.csv', 'file:/in/a%20b%25%231%5Bx%5D%7By%7D.csv'],
    ['file:///in/gr%C3%B6%C3%9Fe%F0%9F%98%80.csv', 'file:///in/größe😀.csv', 'file:/in/größe😀.csv'],
    ["file:///in/k=v/it's&co,+(1)!~*.csv", "file:///in/k=v/it's&co,+(1)!~*.csv", "file:/in/k=v/it's&co,+(1)!~*.csv"],
    ['file:///in/no%C2%A0break.csv', 'file:///in/no\u00a0break.csv', 'file:/in/no%C2%A0break.csv'],
  ])('%s', (uri, path, filePath) => expect(hadoopFile(uri)).toEqual({ path, filePath }));

  it.each([
    ['s3://bucket/a.csv', 'only files on disk'],
    ['file:///in/_hidden.csv', 'leaves out files'],
    ['file:///in/.hidden.csv', 'leaves out files'],
    ['file:///in/a.csv._COPYING_', '"._COPYING_"'],
    ['file:///in/10:30/a.csv', 'colon'],
    ['file:///in/a%0Ab.csv', 'control character'],
    ['file:///in/a%5Cb.csv', 'backslash'],
  ])('%s is refused: %s', (uri, words) => expect(hadoopFile(uri)).toEqual({ problem: expect.stringContaining(words) }));

  it('may begin with "_" when it is a partition folder or has "=" in it', () => {
    expect(hadoopFile('file:///in/_day=1.csv')).toMatchObject({ path: 'file:///in/_day=1.csv' });
    expect(hadoopFile('file:///in/_folder/a.csv')).toMatchObject({ path: 'file:///in/_folder/a.csv' });
  });
});
