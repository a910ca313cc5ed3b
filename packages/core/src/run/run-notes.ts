import type { NoteStore } from '../checkpoint/note-store.ts';
import type { ListingNotes, NotedPage } from '../source/listing-notes.ts';

/** What the sources of one tenant noted, as one listing uses it; `keeps` is false where nothing may be written. */
export class RunNotes implements ListingNotes {
  readonly #store: NoteStore;
  readonly #tenant: string;
  readonly #keeps: boolean;
  #unkept = new Map<string, string>();
  #gone: string[] = [];

  constructor(store: NoteStore, tenant: string, keeps: boolean) {
    this.#store = store;
    this.#tenant = tenant;
    this.#keeps = keeps;
  }

  recall(page: NotedPage): Promise<ReadonlyMap<string, string>> {
    return this.#store.recall(this.#tenant, page);
  }

  keep(place: string, note: string): void {
    if (this.#keeps) this.#unkept.set(place, note);
  }

  forget(place: string): void {
    if (this.#keeps) this.#gone.push(place);
  }

  /** Hands over what was noted of a page. */
  endPage(): void {
    if (this.#gone.length > 0) this.#store.forget(this.#tenant, this.#gone);
    if (this.#unkept.size > 0) this.#store.keep(this.#tenant, this.#unkept);
    this.#gone = [];
    this.#unkept = new Map();
  }
}
