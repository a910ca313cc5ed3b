import type { NotedPage } from '../source/listing-notes.ts';

/**
 * Keeps what sources note about objects, beside the ledgers and for all ingestions of a tenant alike. Nothing depends on a note: one that is lost
 * costs a look at the object. So no call ever throws, and nothing is created for the sake of a note: where there is no state yet, none is kept.
 */
export interface NoteStore {
  /** Notes by place; a place without one is missing, and others of the page's range may be there. */
  recall(tenant: string, page: NotedPage): Promise<ReadonlyMap<string, string>>;
  /** Keeps notes by place. They may be written later, at the latest when the store is closed, and are recalled at once. */
  keep(tenant: string, notes: ReadonlyMap<string, string>): void;
  /** Drops notes. It may be done later, and then or never. */
  forget(tenant: string, places: readonly string[]): void;
}
