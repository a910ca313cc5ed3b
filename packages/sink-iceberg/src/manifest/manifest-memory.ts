import { readWholeFile } from '../files/local-files.ts';
import type { ManifestFile } from './manifest-file.ts';
import { decodeManifestList } from './manifest-list.ts';

/** Lists that are kept, and the longest one. A table that merges its manifests has about a hundred. */
const MOST_LISTS = 16;
const LONGEST_LIST = 2000;
/** Manifests that are known to have been there, and those of which the files are known. */
const MOST_SEEN = 20_000;
const MOST_OPENED = 16;

/**
 * What a sink remembers of manifests and manifest lists, none of which is ever changed: the lists that it read or wrote last, and the manifests
 * of which it knows that they and their files were there.
 */
export class ManifestMemory {
  /** The one that was used longest ago first. */
  readonly #lists = new Map<string, readonly ManifestFile[]>();
  readonly #seen = new Set<string>();
  /** Paths of live files by manifest, the one that was noted longest ago first. */
  readonly #files = new Map<string, readonly string[]>();

  /** The manifests of a list, in its order. @throws {CalveError} as reading and decoding it do. */
  async list(location: string): Promise<readonly ManifestFile[]> {
    const known = this.#lists.get(location);
    const manifests = known ?? decodeManifestList(await readWholeFile(location));
    this.#lists.delete(location);
    this.keepList(location, manifests);
    return manifests;
  }

  /** Keeps a list that was written here. */
  keepList(location: string, manifests: readonly ManifestFile[]): void {
    if (manifests.length > LONGEST_LIST) return;
    this.#lists.set(location, manifests);
    for (const [oldest] of this.#lists) {
      if (this.#lists.size <= MOST_LISTS) break;
      this.#lists.delete(oldest);
    }
  }

  hasSeen(manifest: ManifestFile): boolean {
    return this.#seen.has(manifest.path);
  }

  /** Notes that a manifest was there, and the files that it lists. */
  see(manifest: ManifestFile): void {
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    this.#seen.add(manifest.path);
  }

  /** Paths of the live files of a manifest, or the first of them; `undefined`: not known. */
  filesOf(manifest: string): readonly string[] | undefined {
    return this.#files.get(manifest);
  }

  keepFiles(manifest: string, paths: readonly string[]): void {
    this.#files.delete(manifest);
    this.#files.set(manifest, paths);
    for (const [oldest] of this.#files) {
      if (this.#files.size <= MOST_OPENED) break;
      this.#files.delete(oldest);
    }
  }
}
