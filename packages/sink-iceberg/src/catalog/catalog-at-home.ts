import { basename, dirname, join } from 'node:path';
import { CalveError } from '@calve/core/plugin';
import { localPath } from '../files/file-uri.ts';
import { shellWord } from '../files/shell-word.ts';
import type { TableIdentifier } from '../spec/table-identifier.ts';
import { identifierText } from '../spec/table-identifier.ts';
import type { Catalog, LoadedTable } from './catalog.ts';
import { findTwin, isInside, isSame, type Lake, look, pathOf, type Twin } from './lake-home.ts';
import { readMetadataFile } from './metadata-files.ts';
import { SqliteFile } from './sqlite-file.ts';

/**
 * A catalog that refuses tables which are not its own any more, before anything is read or written there.
 *
 * Iceberg's metadata and a SQLite catalog hold absolute paths. After `mv lake elsewhere` nothing can be read. After `cp -r lake elsewhere` all
 * seems well, and that is the danger: the copy still points to the files of the original, so a commit through it would write into the
 * original's folders, behind the back of the original's catalog, whose next clean-up would delete the files. A table that another engine put
 * outside of the warehouse on purpose has no second copy inside of it and is left alone.
 *
 * @param lake Where this catalog and its warehouse are.
 */
export function catalogAtHome(catalog: Catalog, lake: Lake): Catalog {
  const checked = new Set<string>();
  return {
    ...(catalog.evidence && { evidence: catalog.evidence }),
    async load(identifier) {
      const loaded = await catalog.load(identifier).catch(async (error: unknown) => {
        throw (await movedError(error, identifier, lake)) ?? error;
      });
      if (loaded === 'absent') return loaded;
      const folder = `${dirname(loaded.metadataLocation)} ${loaded.metadata.location}`;
      if (!checked.has(folder)) await assertAtHome(identifier, loaded, lake);
      checked.add(folder);
      return loaded;
    },
    list: () => catalog.list(),
    commit: (identifier, commit, environment) => catalog.commit(identifier, commit, environment),
    close: () => catalog.close(),
  };
}

/** null: the table's metadata file is not missing, or this lake has no second one. */
async function movedError(error: unknown, identifier: TableIdentifier, lake: Lake): Promise<CalveError | null> {
  if (!CalveError.is(error) || error.code !== 'ICEBERG_FILE_MISSING') return null;
  const { metadataLocation } = error.context as { metadataLocation?: string };
  const twin = metadataLocation === undefined ? null : await findTwin(metadataLocation, lake);
  return twin ? notAtHome(twin, identifier, lake) : null;
}

async function assertAtHome(identifier: TableIdentifier, loaded: LoadedTable, lake: Lake): Promise<void> {
  const { metadataLocation, metadata } = loaded;
  // Somebody may have corrected the pointer in the catalog, and not the paths inside the metadata.
  const expected = `${metadata.location.replace(/\/+$/, '')}/metadata/${basename(metadataLocation)}`;
  for (const location of new Set([metadataLocation, expected])) {
    const twin = await findTwin(location, lake);
    if (twin && (await isSameTable(twin, loaded))) throw notAtHome(twin, identifier, lake);
  }
  await refuseSecondCatalog(identifier, loaded, lake);
}

/** Some engines name metadata files by a number alone, which another table may have too. */
async function isSameTable({ here }: Twin, { metadata }: LoadedTable): Promise<boolean> {
  return (await readMetadataFile(here)).metadata['table-uuid'] === metadata['table-uuid'];
}

/**
 * A catalog file that was copied without its warehouse has no second files. But where its table lies, the catalog that made it lies too, and
 * two catalogs with one table overwrite each other unseen.
 */
async function refuseSecondCatalog(identifier: TableIdentifier, loaded: LoadedTable, lake: Lake): Promise<void> {
  const folder = pathOf(loaded.metadata.location);
  if (folder === null || isInside(folder, lake.warehouse)) return;
  const levels = [...identifier.namespace, identifier.name];
  const warehouse = levels.reduceRight<string | null>(
    (path, level) => (path !== null && basename(path) === level ? dirname(path) : null),
    folder.replace(/\/+$/, ''),
  );
  if (warehouse === null) return;
  const other = join(dirname(warehouse), basename(lake.catalog));
  const [theirs, ours] = [await look(other), await look(lake.catalog)];
  if (!theirs || !ours || isSame(theirs, ours)) return;
  const pointer = pointerIn(other, identifier, lake);
  if (pointer === null || dirname(localPath(pointer)) !== dirname(localPath(loaded.metadataLocation))) return;
  const table = identifierText(identifier);
  throw new CalveError(
    'ICEBERG_LAKE_COPIED',
    `The catalog ${lake.catalog} is a copy of ${other}: both have the table ${table} in ${folder}, and neither would see what is written ` +
      `through the other. Nothing was changed. Use the lake in ${dirname(other)}; for a lake of its own, remove ${lake.catalog} and the state beside it, and load the files again.`,
    {
      recovery: { kind: 'decide', choices: ['use the original lake', 'begin with an empty lake'] },
      context: { table, catalog: lake.catalog, original: other },
    },
  );
}

function pointerIn(catalog: string, identifier: TableIdentifier, { name }: Lake): string | null {
  const file = new SqliteFile(catalog, name);
  try {
    return file.pointer(identifier);
  } finally {
    file.close();
  }
}

function notAtHome({ kind, from, to, said, here }: Twin, identifier: TableIdentifier, { catalog }: Lake): CalveError {
  const table = identifierText(identifier);
  const context = { table, catalog, from, to, said, here };
  if (kind === 'moved')
    return new CalveError(
      'ICEBERG_LAKE_MOVED',
      `The lake was moved: its catalog ${catalog} says that the table ${table} is in ${from}, but its files are in ${to} now. Iceberg tables ` +
        `name their files by absolute paths, so they work only under the path where they were made. Nothing was changed. Move the lake back to ${from}, or ` +
        `leave a link there: ln -s ${shellWord(to)} ${shellWord(from)}`,
      { recovery: { kind: 'decide', choices: ['move the lake back', 'put a link in its old place'] }, context },
    );
  return new CalveError(
    'ICEBERG_LAKE_COPIED',
    `The lake in ${to} is a copy of the one in ${from}: its catalog ${catalog} still has the table ${table} in ${from}, so whatever is written ` +
      `through it would go into the other lake. Nothing was changed. Use the lake in ${from}; for a second one, begin with an empty folder and load the ` +
      `files again; to go on with the copy alone, put it in the place of the original.`,
    {
      recovery: {
        kind: 'decide',
        choices: ['use the original lake', 'begin with an empty lake', 'put the copy in the place of the original'],
      },
      context,
    },
  );
}
