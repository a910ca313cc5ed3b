import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runMain } from '../../packages/cli/test/run-main.ts';
import type { PyIcebergReader } from '../readers/readers.ts';
import { FaultyWorld, memoryFolder } from './faulty-world.ts';

/** A lake with three commits and a backup of it after each, beside a second lake with two. */
export class Broken extends FaultyWorld {
  readonly #reader: PyIcebergReader;

  private constructor(reader: PyIcebergReader) {
    super(memoryFolder());
    this.#reader = reader;
  }

  static async make(reader: PyIcebergReader): Promise<Broken> {
    const world = new Broken(reader);
    try {
      for (const [at, first] of [1, 11, 21].entries()) {
        world.put('lake', first);
        expect((await runMain(world.words('lake'), world.path)).code).toBe(0);
        cpSync(world.lake('lake'), world.backup(at + 1), { recursive: true });
      }
      world.put('second', 51);
      expect((await runMain(world.words('second'), world.path)).code).toBe(0);
      world.put('lake', 31);
      return world;
    } catch (error) {
      world[Symbol.dispose]();
      throw error;
    }
  }

  at(...names: string[]): string {
    return join(this.lake('lake'), ...names);
  }

  backup(commit: number): string {
    return join(this.path, `backup-${commit}`);
  }

  restore(commit: number, ...names: string[]): void {
    rmSync(this.at(...names), { recursive: true, force: true });
    cpSync(join(this.backup(commit), ...names), this.at(...names), { recursive: true });
  }

  /** The newest metadata file of a table. */
  newestMetadata(table = 'orders'): string {
    const folder = this.at('warehouse', 'sales', table, 'metadata');
    return join(
      folder,
      readdirSync(folder)
        .filter((name) => name.endsWith('.metadata.json'))
        .sort()
        .at(-1) ?? '',
    );
  }

  async calve(...words: string[]): Promise<{ code: number; stderr: string }> {
    return await runMain(words, this.path);
  }

  /** Python with `catalog` at hand, and the schema of a small table. */
  async python(source: string, lake = 'lake'): Promise<string> {
    const [uri, warehouse] = [`sqlite:///${join(this.lake(lake), 'catalog.db')}`, `file://${join(this.lake(lake), 'warehouse')}`];
    return await this.#reader.execute(
      `from pyiceberg.catalog.sql import SqlCatalog\ncatalog = SqlCatalog("calve", uri=${JSON.stringify(uri)}, warehouse=${JSON.stringify(warehouse)})\n${source}`,
    );
  }

  async ids(table: string, lake = 'lake'): Promise<number[]> {
    const answer = await this.python(
      `sorted(catalog.load_table("${table}").scan(selected_fields=("id",)).to_arrow().column(0).to_pylist())`,
      lake,
    );
    return JSON.parse(answer) as number[];
  }
}
