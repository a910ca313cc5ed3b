import { mkdir, mkdtemp, rename, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIRST_FILE = Date.parse('2026-03-04T00:00:00Z');

/** A folder with an empty landing zone and an empty lake. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-processes-'));
  await mkdir(join(folder, 'landing'));
  await mkdir(join(folder, 'lake'));
  return folder;
}

/** Lets a file arrive, all at once, with the ids from `first` on. Each one has a time of its own in the past. */
export async function addFile(folder: string, first: number, count: number): Promise<number[]> {
  const ids = Array.from({ length: count }, (_, row) => first + row);
  const name = `orders-${String(first).padStart(6, '0')}.csv`;
  const arriving = join(folder, name);
  await writeFile(arriving, `id,note\n${ids.map((id) => `${id},note ${id}\n`).join('')}`);
  const time = new Date(FIRST_FILE + first * 1000);
  await utimes(arriving, time, time);
  await rename(arriving, join(folder, 'landing', name));
  return ids;
}
