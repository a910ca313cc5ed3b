/**
 * What a source noted about objects while it listed them, so that it need not look into them again: how an object looked from outside, and what it
 * was found to be. A note helps the memory and proves nothing: every one may be missing, and one that does not fit the object as it looks now says
 * nothing about it.
 */
export interface ListingNotes {
  /**
   * The notes of one listing page. A place without a note is missing in the answer, and others of its range may be in it: what lies there no longer,
   * for `forget`, or what this listing leaves out. Never throws.
   */
  recall(page: NotedPage): Promise<ReadonlyMap<string, string>>;
  /** Takes the place of what was noted before. Where nothing may be written, as in a plan, it is forgotten. Never throws. */
  keep(place: string, note: string): void;
  /** Nothing is there any more. Where nothing may be written, the note stays. Never throws. */
  forget(place: string): void;
}

/** One page of a listing, as those see it who keep notes. Places are compared code unit by code unit. */
export interface NotedPage {
  /** In listing order, at most 1,000. */
  places: readonly string[];
  /** None of them comes before this one. */
  from: string;
  /** And none behind this one. The pages of a listing follow each other without a gap. */
  until: string;
}
