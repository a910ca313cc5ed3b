import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TortureAdapter, TorturePlaces } from './torture-adapter.ts';

/** One file that arrived, and the ids of its records. */
export interface TortureBatch {
  name: string;
  ids: number[];
}

const ROWS = 8;
const BROKEN_ROW = 3;
/** Every so many files one has a new column. */
const NEW_COLUMN_EVERY = 6;
const LATEST_FIRST_FILE = Date.parse('2026-03-04T00:00:00Z');

/** A landing folder, a lake and its state in a folder of their own; files arrive when told. */
export class TortureLake {
  readonly places: TorturePlaces;
  readonly batches: TortureBatch[] = [];
  readonly #input: NonNullable<TortureAdapter['input']>;

  private constructor(folder: string, input: NonNullable<TortureAdapter['input']>) {
    this.#input = input;
    this.places = {
      folder,
      landing: join(folder, 'landing'),
      lake: join(folder, 'lake'),
      state: join(folder, 'state'),
      steps: join(folder, 'steps.log'),
    };
  }

  /** @param parent An existing folder. */
  static async make(parent: string, { input = {} }: TortureAdapter): Promise<TortureLake> {
    const lake = new TortureLake(await mkdtemp(join(parent, 'lake-')), input);
    for (const path of [lake.places.landing, lake.places.lake, lake.places.state]) await mkdir(path);
    await writeFile(lake.places.steps, '');
    return lake;
  }

  /** Lets one file arrive, all at once and a minute later than the one before. */
  async addBatch(): Promise<TortureBatch> {
    const number = this.batches.length;
    const ids = Array.from({ length: ROWS }, (_, row) => number * ROWS + row);
    const coupon = this.#input.newColumns && number % NEW_COLUMN_EVERY === NEW_COLUMN_EVERY - 1 ? `coupon_${number}` : null;
    const lines = ids.map((id, row) => {
      const cells = [id, `2026-03-0${1 + (row % 3)}T10:00:00`, `note ${id}`, ...(coupon ? [`C${id}`] : [])];
      return this.#input.broken && row === BROKEN_ROW ? [...cells, 'surplus'].join(',') : cells.join(',');
    });
    const header = ['id', 'ordered_at', 'note', ...(coupon ? [coupon] : [])].join(',');
    const name = `orders-${String(number).padStart(5, '0')}.csv`;
    const arriving = join(this.places.folder, name);
    await writeFile(arriving, `${[header, ...lines].join('\n')}\n`);
    const time = new Date(LATEST_FIRST_FILE + number * 60_000);
    await utimes(arriving, time, time);
    await rename(arriving, join(this.places.landing, name));
    const batch = { name, ids };
    this.batches.push(batch);
    return batch;
  }

  /** When something in lake or state first changed after a moment, in milliseconds since 1970; null: nothing did. */
  async firstChangeAfter(moment: number): Promise<number | null> {
    let first: number | null = null;
    for (const root of [this.places.lake, this.places.state]) {
      for (const name of await readdir(root, { recursive: true })) {
        const { mtimeMs } = await stat(join(root, name));
        if (mtimeMs >= moment && (first === null || mtimeMs < first)) first = mtimeMs;
      }
    }
    return first;
  }

  /** The files of the lake with their sizes, without those that a database keeps beside itself while it is open. */
  async contents(): Promise<string[]> {
    const contents: string[] = [];
    for (const name of await readdir(this.places.lake, { recursive: true })) {
      const { size } = await stat(join(this.places.lake, name));
      if (!/-(wal|shm|journal)$/.test(name)) contents.push(`${name} ${size}`);
    }
    return contents.sort();
  }

  async remove(): Promise<void> {
    await rm(this.places.folder, { recursive: true, force: true });
  }
}
