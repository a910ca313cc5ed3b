import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { REJECTED_SUFFIX } from '@calve/core/plugin';
import { icebergTables } from '@calve/sink-iceberg';
import type { CommandArguments } from '../arguments/invocation.ts';
import { shellWord } from '../render/shell-word.ts';
import { type Ingestion, landingOf } from './ingestion.ts';

/**
 * A warning when a run is the first one of its id, and files of the same folder were loaded under another one: most likely `--id` and `--table`
 * were forgotten, and everything would be loaded a second time. Asks the state once, and the catalog only when there is something to say.
 *
 * @returns Nothing when the id was chosen, or only some files of the folder.
 */
export async function loadedElsewhere(
  { paths, lake, spec, table }: Pick<Ingestion, 'paths' | 'lake' | 'spec' | 'table'>,
  { id, specFile, pattern, set = [] }: CommandArguments,
  workingDirectory: string,
): Promise<string[]> {
  const isChosen =
    id !== undefined || specFile !== undefined || pattern !== undefined || set.some(({ path }) => path[0] === 'id');
  const landing = landingOf(spec, workingDirectory);
  if (isChosen || landing === null) return [];
  const [other] = idsThatLoaded(paths.state, spec.id, pathToFileURL(landing).href.replace(/\/$/, ''));
  if (other === undefined) return [];
  const tables = (await icebergTables(lake)).filter((name) => !name.endsWith(REJECTED_SUFFIX));
  const [first] = tables;
  const itsTable = tables.length === 1 && first !== undefined ? shellWord(first) : '<its table>';
  return [
    `warning: files of this folder are loaded already under the id ${other}. This run has the id ${spec.id} and loads them again, into ${table}. ` +
      `To go on with what is there: --id ${shellWord(other)} --table ${itsTable}`,
  ];
}

/** Names of table and columns are public: others read the state with SQL. Each condition is the beginning of an index. */
const IDS = `SELECT ingestion FROM calve_head AS head WHERE tenant = 'default' AND ingestion <> $id
  AND NOT EXISTS (SELECT 1 FROM calve_head WHERE tenant = 'default' AND ingestion = $id)
  AND EXISTS (SELECT 1 FROM calve_units WHERE tenant = 'default' AND ingestion = head.ingestion AND state = 'ingested'
    AND (place = $place OR (place > $place || '/' AND place < $place || '0')))
  ORDER BY ingestion LIMIT 1`;

function idsThatLoaded(state: string, id: string, place: string): string[] {
  // SQLite's own promise to create nothing.
  const url = pathToFileURL(state);
  url.searchParams.set('mode', 'rw');
  try {
    using database = new DatabaseSync(url, { timeout: 1000 });
    return database
      .prepare(IDS)
      .all({ $id: id, $place: place })
      .map(({ ingestion }) => String(ingestion));
  } catch {
    // There is no state yet; or it is none, which the run says next in its own words.
    return [];
  }
}
