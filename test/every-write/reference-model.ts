/** One row, as a file has it, and the file that it names. `updated` null: empty in the file. */
export interface ModelRow {
  id: number | null;
  name: string;
  updated: number | null;
  day: string;
  file: string;
}

/** A file of a batch with its rows in order. */
export interface ModelFile {
  uri: string;
  modifiedMilliseconds: number;
  rows: readonly ModelRow[];
}

/** How the reference applies a batch. `newest`: rows with the greatest `updated` win. */
export type ModelMode =
  | { kind: 'append'; replaces: boolean }
  | { kind: 'overwrite-table' }
  | { kind: 'overwrite-partitions'; isPartitioned: boolean }
  | { kind: 'merge'; newest: boolean; replaces: boolean };

/** What each way of writing means, in the plainest words that there are. Shares nothing with the code that it judges. */
export function applyToModel(table: readonly ModelRow[], batch: readonly ModelFile[], mode: ModelMode): ModelRow[] {
  const incoming = batch.flatMap(({ rows }) => rows);
  switch (mode.kind) {
    case 'append':
      return [...withoutFiles(table, batch, mode.replaces), ...incoming];
    case 'overwrite-table':
      return incoming.length === 0 ? [...table] : incoming;
    case 'overwrite-partitions': {
      if (incoming.length === 0) return [...table];
      const days = new Set(incoming.map(({ day }) => day));
      return [...table.filter(({ day }) => mode.isPartitioned && !days.has(day)), ...incoming];
    }
    case 'merge': {
      const before = withoutFiles(table, batch, mode.replaces);
      const winners = new Map<number, ModelRow>();
      for (const { rows } of [...batch].sort(byTimeThenName))
        for (const row of rows) {
          if (row.id === null) continue;
          const known = winners.get(row.id);
          if (!known || !mode.newest || age(row) >= age(known)) winners.set(row.id, row);
        }
      for (const row of before) {
        const winner = row.id === null ? undefined : winners.get(row.id);
        if (winner && mode.newest && age(row) > age(winner)) winners.delete(winner.id!);
      }
      return [...before.filter(({ id }) => id === null || !winners.has(id)), ...winners.values()];
    }
  }
}

/** An empty cell is older than everything. */
function age({ updated }: ModelRow): number {
  return updated ?? Number.NEGATIVE_INFINITY;
}

function withoutFiles(table: readonly ModelRow[], batch: readonly ModelFile[], replaces: boolean): ModelRow[] {
  const uris = new Set(replaces ? batch.map(({ uri }) => uri) : []);
  return table.filter(({ file }) => !uris.has(file));
}

function byTimeThenName(a: ModelFile, b: ModelFile): number {
  return a.modifiedMilliseconds - b.modifiedMilliseconds || (a.uri < b.uri ? -1 : 1);
}
