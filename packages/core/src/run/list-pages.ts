import type { CallContext } from '../context/call-context.ts';
import type { ListingNotes } from '../source/listing-notes.ts';
import type { ListPage, ObjectSession } from '../source/source.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';

/**
 * What a source offers to an ingestion now: files that may still be written, and those that the spec calls too old, are among the skipped.
 *
 * @param notes Absent: every file is looked at afresh.
 */
export function listPages(
  input: InputSpec,
  source: ObjectSession,
  { environment, signal }: CallContext,
  notes?: ListingNotes,
): AsyncIterable<ListPage> {
  return source.list({
    signal,
    // Whoever does not wait takes files as they are, also those that a wrong clock has dated into the future.
    ...(input.settleSeconds === 0 ? {} : { settledBefore: environment.now() - input.settleSeconds * 1000 }),
    ...(input.since === undefined ? {} : { modifiedSince: input.since }),
    ...(notes && { notes }),
  });
}
