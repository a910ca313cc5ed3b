import type { Field } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { toHex } from '../spec/hex.ts';
import { encodeSingleValue } from '../spec/single-value.ts';
import type { LiveFile } from './live-files.ts';
import { orderOfSingle } from './order-bytes.ts';
import { mayHold, type RewriteGuard } from './rewrite-guard.ts';

const FIELDS: Field[] = [
  { name: 'id', id: 1, type: { kind: 'int64' }, required: false },
  { name: 'file', id: 2, type: { kind: 'string' }, required: false },
];
const [int64, text] = FIELDS.map(({ type }) => type) as [Field['type'], Field['type']];
const encoder = new TextEncoder();

function fileOf(ids: [bigint, bigint] | null, names: [string, string] | null, changes: Partial<LiveFile> = {}): LiveFile {
  const bounds = (at: 0 | 1): [number, Uint8Array][] => [
    ...(ids ? [[1, encodeSingleValue(int64, ids[at])] as [number, Uint8Array]] : []),
    ...(names ? [[2, encoder.encode(names[at])] as [number, Uint8Array]] : []),
  ];
  return {
    ...{ path: 'f', manifest: 'm', format: 'PARQUET', specId: 0, partition: '["a"]', identity: new Map(), rows: 1, sizeBytes: 1 },
    lower: new Map(bounds(0)),
    upper: new Map(bounds(1)),
    ...changes,
  };
}

const idsBetween = (low: bigint, high: bigint): RewriteGuard => ({
  kind: 'rows',
  keys: [{ id: 1, lower: toHex(orderOfSingle(int64, low)), upper: toHex(orderOfSingle(int64, high)) }],
  files: null,
});
const naming = (...uris: string[]): RewriteGuard => ({ kind: 'rows', keys: null, files: { id: 2, uris } });

describe('mayHold', () => {
  it.each<[string, RewriteGuard, LiveFile, boolean]>([
    ['keys above those of the file', idsBetween(11n, 20n), fileOf([1n, 10n], null), false],
    ['keys below, with the sign in between', idsBetween(-20n, -11n), fileOf([-10n, 10n], null), false],
    ['keys that touch its greatest', idsBetween(10n, 20n), fileOf([1n, 10n], null), true],
    ['a file without bounds', idsBetween(11n, 20n), fileOf(null, null), true],
    ['a file that has one of the names', naming('b'), fileOf(null, ['a', 'c']), true],
    ['a file whose names are all others', naming('x', 'd'), fileOf(null, ['a', 'c']), false],
    ['names, of which nothing is known', naming('x'), fileOf(null, null), true],
    ['the whole table', { kind: 'table' }, fileOf([1n, 1n], null), true],
    ['a partition', { kind: 'partitions', specId: 0, tuples: ['["a"]'] }, fileOf(null, null), true],
    ['another partition', { kind: 'partitions', specId: 0, tuples: ['["b"]'] }, fileOf(null, null), false],
    ['a file with another partitioning', { kind: 'partitions', specId: 1, tuples: ['["b"]'] }, fileOf(null, null), true],
  ])('%s', (_, guard, file, expected) => {
    expect(mayHold(file, guard, FIELDS)).toBe(expected);
  });

  it('takes bounds of a text as beginnings: the upper one is not below what it stands for', () => {
    const guard: RewriteGuard = {
      kind: 'rows',
      keys: [{ id: 2, lower: toHex(orderOfSingle(text, 'customer 7')), upper: toHex(orderOfSingle(text, 'customer 9')) }],
      files: null,
    };
    expect(mayHold(fileOf(null, ['customer 1', 'customer 8']), guard, FIELDS)).toBe(true);
    expect(mayHold(fileOf(null, ['customer 1', 'customer 6']), guard, FIELDS)).toBe(false);
  });
});
