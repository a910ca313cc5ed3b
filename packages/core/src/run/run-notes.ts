import type { NoteStore } from '../checkpoint/note-store.ts';
import type { ListingNotes } from '../source/listing-notes.ts';

/** What the sources of one tenant noted, as one listing uses it; `keeps` is false where nothing may be written. */
export class RunNotes implements ListingNotes {
  readonly #store: NoteStore;
  readonly #tenant: string;
  readonly #keeps: boolean;
  #unkept = new Map<string, string>();

  constructor(store: NoteStore, tenant: string, keeps: boolean) {
    this.#store = store;
    this.#tenant = tenant;
    this.#keeps = keeps;
  }

  recall(places: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#store.recall(this.#tenant, places);
  }

  keep(place: string, note: string): void {
    if (this.#keeps) this.#unkept.set(place, note);
  }

  /** Hands the notes of a page over. */
  endPage(): void {
    if (this.#unkept.size === 0) return;
    this.#store.keep(this.#tenant, this.#unkept);
    this.#unkept = new Map();
  }
}
