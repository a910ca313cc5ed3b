import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTwin, isInside, type Lake, pathOf } from './lake-home.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const lake = (name: string): Lake => ({ name: 'calve', catalog: at(`${name}/catalog.db`), warehouse: at(`${name}/warehouse`) });
const FILE = 'sales/orders/metadata/00001-4b4f.metadata.json';

function put(name: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), '');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-home-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('findTwin', () => {
  it('finds none for a file of the lake itself', async () => {
    put(`lake/warehouse/${FILE}`);
    expect(await findTwin(`file://${at(`lake/warehouse/${FILE}`)}`, lake('lake'))).toBeNull();
    expect(await findTwin(at(`lake/warehouse/${FILE}`), lake('lake'))).toBeNull();
  });

  it('finds none for a file elsewhere of which this lake has no second one, and none on another machine', async () => {
    put(`other/${FILE}`);
    put('lake/warehouse/sales/orders/metadata/00001-9c1d.metadata.json');
    expect(await findTwin(`file://${at(`other/${FILE}`)}`, lake('lake'))).toBeNull();
    expect(await findTwin(`s3://bucket/${FILE}`, lake('lake'))).toBeNull();
  });

  it.each([
    ['moved', false],
    ['copied', true],
  ] as const)('tells where a lake was %s from and to', async (kind, hasOriginal) => {
    if (hasOriginal) put(`lake/warehouse/${FILE}`);
    put(`deep/lake/warehouse/${FILE}`);
    expect(await findTwin(`file://${at(`lake/warehouse/${FILE}`)}`, lake('deep/lake'))).toEqual({
      kind,
      said: at(`lake/warehouse/${FILE}`),
      here: at(`deep/lake/warehouse/${FILE}`),
      from: at('lake'),
      to: at('deep/lake'),
    });
  });

  it('tells the folders above what is the same when only the warehouse has another name or place', async () => {
    put(`lake/house/${FILE}`);
    const renamed = { ...lake('lake'), warehouse: at('lake/house') };
    expect(await findTwin(at(`lake/warehouse/${FILE}`), renamed)).toMatchObject({
      kind: 'moved',
      from: at('lake/warehouse'),
      to: at('lake/house'),
    });
    put(`far/${FILE}`);
    const apart = { ...lake('lake2'), warehouse: at('far') };
    expect(await findTwin(at(`lake/warehouse/${FILE}`), apart)).toMatchObject({ from: at('lake/warehouse'), to: at('far') });
  });

  it('finds none when both names lead to one folder', async () => {
    put(`real/warehouse/${FILE}`);
    symlinkSync(at('real'), at('lake'));
    expect(await findTwin(at(`lake/warehouse/${FILE}`), lake('real'))).toBeNull();
    expect(await findTwin(at(`real/warehouse/${FILE}`), lake('lake'))).toBeNull();
  });
});

it.each([
  ['/a/b', '/a/b', true],
  ['/a/b/c', '/a/b', true],
  ['/a/bc', '/a/b', false],
  ['/a', '/a/b', false],
  ['/a/..b', '/a', true],
])('%s is inside %s: %s', (path, outer, expected) => {
  expect(isInside(path, outer)).toBe(expected);
});

it.each([
  ['file:///a b', '/a b'],
  ['/a', '/a'],
  ['s3://bucket/a', null],
  ['hdfs://host/a', null],
])('%s is the local path %s', (location, expected) => {
  expect(pathOf(location)).toBe(expected);
});
