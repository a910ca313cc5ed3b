import { CalveError } from '@calve/core/plugin';

/** What a listing has to remember between two pages; as JSON text it is the cursor. */
export interface ListCursor {
  /** Encoded path of the last entry that was looked at; empty at the beginning. */
  after: string;
  excludedByPattern: number;
  nearest: string[];
}

/**
 * Reads a cursor that `listLocalFiles` gave.
 *
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input): it is not one.
 */
export function parseCursor(cursor: string | undefined): ListCursor {
  if (cursor === undefined) return { after: '', excludedByPattern: 0, nearest: [] };
  let value: Partial<ListCursor> | null = null;
  try {
    value = JSON.parse(cursor) as Partial<ListCursor> | null;
  } catch {
    // Answered below.
  }
  const { after, excludedByPattern, nearest } = value ?? {};
  if (typeof after === 'string' && typeof excludedByPattern === 'number' && Array.isArray(nearest))
    return { after, excludedByPattern, nearest };
  throw new CalveError('OPTIONS_INVALID', `"${cursor.slice(0, 100)}" is not a cursor of this source; list from the beginning.`, {
    recovery: 'fix-input',
  });
}
