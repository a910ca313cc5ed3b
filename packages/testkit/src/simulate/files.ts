/** A file that a process deleted. */
export interface DeletedFile {
  path: string;
  /** Name of the process. */
  by: string;
}

/**
 * The disk of a history: files by path, folders are there as soon as something is in them. Writing is immediate; what takes time, fails or dies is
 * the process that asks.
 */
export class SimulatedFiles {
  readonly #files = new Map<string, Uint8Array>();
  /** Called before a file goes away. */
  onDelete: (file: DeletedFile) => void = () => {};

  /** Creates an empty file. @returns false: there is one of this name. */
  create(path: string): boolean {
    if (this.#files.has(path)) return false;
    this.#files.set(path, new Uint8Array(0));
    return true;
  }

  /** Adds to the end of a file; one that was deleted meanwhile takes it and is never seen again, as on POSIX. */
  append(path: string, chunk: Uint8Array): void {
    const before = this.#files.get(path);
    if (!before) return;
    const bytes = new Uint8Array(before.length + chunk.length);
    bytes.set(before);
    bytes.set(chunk, before.length);
    this.#files.set(path, bytes);
  }

  /** Content of a file; undefined: there is none. */
  bytes(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  /** True for a file and for a folder that holds one. */
  exists(path: string): boolean {
    if (this.#files.has(path)) return true;
    const folder = `${path.replace(/\/+$/, '')}/`;
    for (const name of this.#files.keys()) if (name.startsWith(folder)) return true;
    return false;
  }

  /** @returns false: there was none. */
  delete(path: string, by: string): boolean {
    if (!this.#files.has(path)) return false;
    this.onDelete({ path, by });
    return this.#files.delete(path);
  }

  /** Names directly inside of a folder, ordered. */
  names(folder: string): string[] {
    const prefix = `${folder.replace(/\/+$/, '')}/`;
    const names = new Set<string>();
    for (const path of this.#files.keys()) {
      if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/')[0]!);
    }
    return [...names].sort();
  }

  /** All paths, in the order in which the files were made. */
  paths(): string[] {
    return [...this.#files.keys()];
  }
}
