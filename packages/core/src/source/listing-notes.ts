/**
 * What a source noted about objects while it listed them, so that it need not look into them again: how an object looked from outside, and what it
 * was found to be. A note helps the memory and proves nothing: every one may be missing, and one that does not fit the object as it looks now says
 * nothing about it.
 */
export interface ListingNotes {
  /** The notes of one listing page: places in listing order, at most 1,000. A place without a note is missing in the answer. Never throws. */
  recall(places: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Takes the place of what was noted before. Where nothing may be written, as in a plan, it is forgotten. Never throws. */
  keep(place: string, note: string): void;
}
