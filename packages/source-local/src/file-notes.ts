import { lstatSync } from 'node:fs';
import { lstat, statfs } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ListingNotes, NotedPage } from '@calve/core/plugin';
import type { FileIdentity, FileStamp } from './file-identity.ts';

/**
 * File systems of Linux that keep the time of the last change themselves, in a place where no program can set it: magic numbers of ext, XFS, Btrfs,
 * F2FS and overlays of them, https://man7.org/linux/man-pages/man2/statfs.2.html. Mounts of other machines are none of them, nor is tmpfs,
 * which notices nothing of what is written through a mapping.
 */
const HONEST_FILE_SYSTEMS = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x794c7630]);

/** Changes that follow each other within a tick of the kernel's clock may bear the same time. A tick has 10 milliseconds at most. */
const TICK_MILLISECONDS = 100;
/** Where times are whole seconds, a tick has one. */
const SECOND_TICK_MILLISECONDS = 2000;
/** A call that writes much sets the time when it begins. */
const WRITING_MILLISECONDS = 2000;

/** So many places of a page are looked at that have a note and were not listed. Those that are gone are forgotten; others may have been left out. */
const MOST_UNLISTED = 512;

/** Begins each note: another one was made by a Calve that hashed other parts of a file. */
const VERSION = '1';

/**
 * Which files a listing need not read again, since neither size nor times nor inode have changed since their ends were hashed.
 *
 * Size, modification time and inode alone do not tell: programs that copy put the time back. The change time cannot be put back. It moves with
 * every write, and with every new name, owner or permission too, which costs a look.
 */
export class FileNotes {
  readonly #notes: ListingNotes;
  readonly #device: bigint;
  #recalled: ReadonlyMap<string, string> = new Map();

  constructor(notes: ListingNotes, device: bigint) {
    this.#notes = notes;
    this.#device = device;
  }

  /** Notes for what lies in a folder; null where its file system does not tell of every change, or is not there. */
  static async of(directory: string, notes: ListingNotes | undefined): Promise<FileNotes | null> {
    if (!notes) return null;
    try {
      const { type } = await statfs(directory);
      const { dev } = await lstat(directory, { bigint: true });
      return HONEST_FILE_SYSTEMS.has(type) ? new FileNotes(notes, dev) : null;
    } catch {
      // Whatever is wrong with the folder, the listing itself says it.
      return null;
    }
  }

  /** Takes up what is known of the files of one page, and forgets those that are gone. */
  async recall(page: NotedPage): Promise<void> {
    this.#recalled = await this.#notes.recall(page);
    const listed = new Set(page.places);
    const unlisted = [...this.#recalled.keys()].filter((place) => !listed.has(place));
    for (const place of unlisted.slice(0, MOST_UNLISTED)) if (isGone(place)) this.#notes.forget(place);
  }

  /** What a file is, told by how it looks now; null: it has to be read. */
  identityOf(place: string, stamp: FileStamp): FileIdentity | null {
    const note = this.#recalled.get(place);
    if (note === undefined) return null;
    const looks = noteOf(stamp, '');
    return note.startsWith(looks) ? { stamp, hash: note.slice(looks.length) } : null;
  }

  /** Notes what a file turned out to be, where a later change is sure to show. @param readAt When reading it began, in milliseconds since 1970. */
  keep(place: string, { stamp, hash }: FileIdentity, readAt: number): void {
    if (stamp.dev === this.#device && isSettled(stamp, readAt)) this.#notes.keep(place, noteOf(stamp, hash));
  }
}

function noteOf({ size, mtimeNs, ctimeNs, ino, dev }: FileStamp, hash: string): string {
  // Joined rather than put together piece by piece: thousands wait, and such a text would keep its pieces.
  return [VERSION, size, mtimeNs, ctimeNs, ino, dev, hash].join(' ');
}

function isSettled({ mtimeNs, ctimeNs }: FileStamp, readAt: number): boolean {
  const tick = ctimeNs % 1_000_000_000n === 0n ? SECOND_TICK_MILLISECONDS : TICK_MILLISECONDS;
  return readAt - Number(ctimeNs) / 1e6 > tick && readAt - Number(mtimeNs) / 1e6 > WRITING_MILLISECONDS;
}

/** @param place File URL. */
function isGone(place: string): boolean {
  try {
    return lstatSync(fileURLToPath(place), { throwIfNoEntry: false }) === undefined;
  } catch {
    // Nobody can tell.
    return false;
  }
}
