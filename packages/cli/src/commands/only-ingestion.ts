import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { argumentError } from '../arguments/argument-error.ts';

const LISTED = 20;

/** Names of table and columns are public: others read the state with SQL. */
const IDS = `SELECT ingestion FROM calve_head WHERE tenant = 'default' ORDER BY ingestion`;

/**
 * The id of the only ingestion that a state knows.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): it knows none, or several; the message lists them.
 */
export function onlyIngestion(state: string): string {
  const ids = idsOf(state);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return only;
  const hint = 'name the landing folder, or the ingestion with --id';
  if (only === undefined) throw argumentError(`The state ${state} knows no ingestion: ${hint}.`, 'history');
  const rest = ids.length - LISTED;
  const listed = `${ids.slice(0, LISTED).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`;
  throw argumentError(`The state ${state} knows ${ids.length} ingestions: ${hint}: ${listed}.`);
}

function idsOf(state: string): string[] {
  // SQLite's own promise to create nothing.
  const url = pathToFileURL(state);
  url.searchParams.set('mode', 'rw');
  try {
    using database = new DatabaseSync(url, { timeout: 1000 });
    return database
      .prepare(IDS)
      .all()
      .map(({ ingestion }) => String(ingestion));
  } catch {
    // There is no state, or it is none: then it knows no ingestion.
    return [];
  }
}
