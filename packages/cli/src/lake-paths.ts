import { join, resolve } from 'node:path';

/** Where the parts of a lake are; all absolute. */
export interface LakePaths {
  folder: string;
  catalog: string;
  warehouse: string;
  /** The ledger: which files are in the table. */
  state: string;
}

/** @param state Another place for the ledger. Relative paths start at `workingDirectory`. */
export function lakePaths(lake: string, state: string | undefined, workingDirectory: string): LakePaths {
  const folder = resolve(workingDirectory, lake);
  return {
    folder,
    catalog: join(folder, 'catalog.db'),
    warehouse: join(folder, 'warehouse'),
    state: state === undefined ? join(folder, 'calve.db') : resolve(workingDirectory, state),
  };
}

/** Where the spec of an ingestion is stored that `calve patch` has changed. Ids are letters, digits, `_` and `-`. */
export function storedSpecPath({ folder }: Pick<LakePaths, 'folder'>, id: string): string {
  return join(folder, `${id}.spec.json`);
}
