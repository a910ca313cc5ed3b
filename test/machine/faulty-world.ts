import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TortureTable } from '@calve/testkit/torture';

const ID = ['--id', 'orders', '--table', 'sales.orders', '--limits', 'maxRejectedRatio=1'];

/** Many small lakes side by side, each with a landing folder that is on another disk. Each file has two rows and a broken third. */
export class FaultyWorld implements Disposable {
  readonly path: string;
  /** The folder whose disk fails: all lakes, and what commands write. */
  readonly disk: string;

  /** @param folder Where all of it is. */
  constructor(folder: string = tmpdir()) {
    this.path = mkdtempSync(join(folder, 'calve-machine-'));
    this.disk = join(this.path, 'disk');
    mkdirSync(this.disk);
  }

  lake(name: string): string {
    return join(this.disk, name);
  }

  landing(name: string): string {
    return join(this.path, 'landing', name);
  }

  /**
   * Puts a file with the ids `first`, `first + 1`, and `first + 2` in a broken row into the landing folder of a lake.
   *
   * @param modified When it seems to have been written, in milliseconds since 1970.
   */
  put(name: string, first: number, modified = Date.UTC(2023, 10, 14)): void {
    mkdirSync(this.landing(name), { recursive: true });
    const file = join(this.landing(name), `${first}.csv`);
    writeFileSync(file, `id,note\n${first},a\n${first + 1},b\n${first + 2},c,d\n`);
    utimesSync(file, modified / 1000, modified / 1000);
  }

  /** The words of a command line about a lake. */
  words(name: string, command = 'run', more: readonly string[] = ['--json']): string[] {
    const limits = command === 'run' || command === 'plan' ? ID : ID.slice(0, 4);
    return [command, this.landing(name), this.lake(name), ...limits, ...more];
  }

  /** Keeps the catalog as it is now, with its journal if there is one: files of tables are never changed. */
  keepCatalog(name: string): void {
    const kept = join(this.path, 'kept', name);
    mkdirSync(kept, { recursive: true });
    for (const file of ['catalog.db', 'catalog.db-journal']) {
      if (existsSync(join(this.lake(name), file))) copyFileSync(join(this.lake(name), file), join(kept, file));
    }
  }

  /** Where an independent reader finds the rows of a lake; of the kept catalog with `kept`. */
  tables(name: string, kept = false): TortureTable[] {
    const folder = kept ? join(this.path, 'kept', name) : this.lake(name);
    const properties = { uri: `sqlite:///${folder}/catalog.db`, warehouse: `file://${this.lake(name)}/warehouse` };
    return [
      { kind: 'catalog', properties, table: 'sales.orders', column: 'id' },
      { kind: 'catalog', properties, table: 'sales.orders__rejected', column: 'raw' },
    ];
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A folder in memory where there is one with room: a test that syncs thousands of files is several times as fast in it. */
export function memoryFolder(): string {
  const folder = '/dev/shm';
  if (!existsSync(folder)) return tmpdir();
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 30 ? folder : tmpdir();
}

/** What a path in a lake is, in words that do not change from lake to lake. */
export function placeOf(path: string): string {
  const table = path.includes('__rejected/') ? 'rejected rows: ' : '';
  if (/\.parquet$/.test(path)) return `${table}data file`;
  if (/\/snap-[^/]*\.avro$/.test(path)) return `${table}manifest list`;
  if (/\.avro$/.test(path)) return `${table}manifest`;
  if (/\.metadata\.json$/.test(path)) return `${table}metadata file`;
  const database = /(catalog|calve)\.db(-\w+)?$/.exec(path);
  if (database) return `${database[1] === 'calve' ? 'state' : 'catalog'}${database[2] ?? ''}`;
  return 'folder';
}
