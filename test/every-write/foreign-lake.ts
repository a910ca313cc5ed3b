import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { LakeWorld } from './lake-world.ts';

/** A lake whose tables PyIceberg makes. */
export interface ForeignLake {
  readonly world: LakeWorld;
  readonly pyIceberg: PyIcebergReader;
  /** Its catalog, as an expression of Python. */
  catalog(): string;
  /** Runs a program that has the catalog `c`, with the namespace `sales`, and the folder `w` for files. @returns Its last expression. */
  prepare(program: string): Promise<string>;
}

/** An empty lake for each test of the suite that is being described. */
export function foreignLake(): ForeignLake {
  let pyIceberg: PyIcebergReader;
  let world: LakeWorld;
  beforeAll(async () => {
    pyIceberg = await startPyIceberg();
  });
  afterAll(() => pyIceberg?.stop());
  beforeEach(async () => {
    world = await LakeWorld.create();
    mkdirSync(world.warehouse);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const catalog = (): string =>
    `SqlCatalog("calve", uri=${JSON.stringify(`sqlite:///${join(world.folder, 'catalog.db')}`)}, warehouse=${JSON.stringify(`file://${world.warehouse}`)})`;
  return {
    get world() {
      return world;
    },
    get pyIceberg() {
      return pyIceberg;
    },
    catalog,
    prepare: (program) =>
      pyIceberg.execute(`
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
c = ${catalog()}
w = ${JSON.stringify(world.warehouse)}
c.create_namespace_if_not_exists("sales")
${program}`),
  };
}
