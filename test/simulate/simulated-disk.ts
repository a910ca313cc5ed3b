// Stands in for `node:fs/promises`, and for what the sink takes of `node:fs`, inside its sources, so that its files lie on the disk of a history: see
// simulated-modules.ts.
import type { SimulatedFiles, SimulatedProcess } from '@calve/testkit';

/** The disk of the history that is under way, and whose turn it is. */
export interface Disk {
  files: SimulatedFiles;
  process(): SimulatedProcess;
}

let disk: Disk | null = null;

/** Every call from now on goes to this disk. */
export function insertDisk(inserted: Disk): void {
  disk = inserted;
}

function current(): Disk {
  if (!disk) throw new TypeError('No history is under way.');
  return disk;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A call that takes time, and in which the process may die before it takes effect. */
function call<T>(effect: (disk: Disk) => T): Promise<T> {
  const now = current();
  return now.process().call(() => effect(now), { isRemote: false, latency: 1 });
}

function contentOf({ files }: Disk, path: string): Uint8Array {
  const bytes = files.bytes(path);
  if (!bytes) throw failure('ENOENT', path);
  return bytes;
}

/** Folders are there as soon as a file is in them. */
export async function mkdir(): Promise<undefined> {
  return undefined;
}

export async function open(path: string, flags: 'r' | 'wx') {
  if (flags === 'wx')
    await call(({ files }) => {
      if (!files.create(path)) throw failure('EEXIST', path);
    });
  const { files } = current();
  return {
    async write(chunk: Uint8Array, from: number) {
      const copy = chunk.slice(from);
      await call(() => files.append(path, copy));
      return { bytesWritten: copy.length };
    },
    async read(target: Uint8Array, at: number, length: number, position: number) {
      const bytes = contentOf(current(), path).subarray(position, position + length);
      target.set(bytes, at);
      return { bytesRead: bytes.length };
    },
    async sync() {},
    async close() {},
  };
}

export function readFile(path: string): Promise<Uint8Array> {
  return call((now) => contentOf(now, path));
}

export async function stat(path: string) {
  const { files } = current();
  if (!files.exists(path)) throw failure('ENOENT', path);
  const bytes = files.bytes(path);
  return { size: bytes?.length ?? 0, dev: 1n, ino: 1n, isDirectory: () => bytes === undefined };
}

export function unlink(path: string): Promise<void> {
  const by = current().process().name;
  return call(({ files }) => {
    if (!files.delete(path, by)) throw failure('ENOENT', path);
  });
}

export async function readdir(path: string): Promise<string[]> {
  const names = current().files.names(path);
  if (names.length === 0) throw failure('ENOENT', path);
  return names;
}

export async function access(path: string): Promise<void> {
  if (!current().files.exists(path)) throw failure('ENOENT', path);
}

export const constants = { W_OK: 2 };

/** What is opened here is only read, so that its path tells all about it; the number of an open file is a place in this list. */
const opened: string[] = [];

export function openSync(path: string): number {
  contentOf(current(), path);
  return opened.push(path) - 1;
}

export function fstatSync(descriptor: number) {
  return statSync(opened[descriptor] as string);
}

export function readSync(descriptor: number, target: Uint8Array, at: number, length: number, position: number): number {
  const bytes = contentOf(current(), opened[descriptor] as string).subarray(position, position + length);
  target.set(bytes, at);
  return bytes.length;
}

export function read(
  ...[descriptor, target, at, length, position, done]: [...Parameters<typeof readSync>, (error: null, bytes: number) => void]
): void {
  const bytes = readSync(descriptor, target, at, length, position);
  queueMicrotask(() => done(null, bytes));
}

export function closeSync(): void {}

export function statSync(path: string) {
  return { size: contentOf(current(), path).length };
}
