import type { ColumnType } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { PartitionValue } from '../datafile/data-file.ts';
import { partitionPathName } from './partition-path.ts';
import { parseTransform } from './transform.ts';

const timestamp: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'none' };

describe('partitionPathName', () => {
  it.each<[string, string, ColumnType, PartitionValue, string]>([
    ['ordered_at_day', 'day', timestamp, 17_486, 'ordered_at_day=2017-11-16'],
    ['h', 'hour', timestamp, -1, 'h=1969-12-31-23'],
    ['h', 'hour', timestamp, 419_686, 'h=2017-11-16-22'],
    ['m', 'month', timestamp, 574, 'm=2017-11'],
    ['m', 'month', timestamp, -1, 'm=1969-12'],
    ['y', 'year', timestamp, -1, 'y=1969'],
    ['id_bucket', 'bucket[4]', { kind: 'int64' }, 3, 'id_bucket=3'],
    ['d', 'identity', { kind: 'date' }, -1, 'd=1969-12-31'],
    ['t', 'identity', timestamp, '1510871468000000', 't=2017-11-16T22%3A31%3A08'],
    [
      't',
      'identity',
      { ...timestamp, zone: 'utc' } as ColumnType,
      '1510871468000001',
      't=2017-11-16T22%3A31%3A08.000001%2B00%3A00',
    ],
    ['t', 'identity', { kind: 'time' }, '81068000000', 't=22%3A31%3A08'],
    ['a', 'identity', { kind: 'decimal', precision: 9, scale: 2 }, '-5', 'a=-0.05'],
    ['b', 'identity', { kind: 'binary' }, '00ff', 'b=AP8%3D'],
    ['u', 'identity', { kind: 'uuid' }, 'f79c3e09677c4bbda4793f349cb785e7', 'u=f79c3e09-677c-4bbd-a479-3f349cb785e7'],
    ['flag', 'identity', { kind: 'boolean' }, false, 'flag=false'],
    ['region', 'identity', { kind: 'string' }, null, 'region=null'],
    ['data#1', 'identity', { kind: 'string' }, 'a/b c~*é\n', 'data%231=a%2Fb+c%7E%2A%C3%A9%0A'],
    ['s', 'identity', { kind: 'string' }, '', 's='],
    ['s', 'identity', { kind: 'string' }, '../../etc', 's=..%2F..%2Fetc'],
  ])('%s by %s of %j: %j', (name, transform, type, value, expected) => {
    expect(partitionPathName(name, parseTransform(transform), type, value)).toBe(expected);
  });

  it('cuts what no file system could hold, never within an escape', () => {
    const path = partitionPathName('s', { kind: 'identity' }, { kind: 'string' }, 'é'.repeat(1000));
    expect(path.length).toBeLessThanOrEqual(202);
    expect(decodeURIComponent(path.slice(2).replace(/(%C3)$/, ''))).toMatch(/^é+$/);
  });
});
