import type {
  CallContext,
  ColumnBatch,
  Field,
  Json,
  ProgramOutput,
  StagedFiles,
  TableWriter,
  WriterPorts,
  WrittenUnit,
} from '@calve/core/plugin';
import { CalveError, createColumnBatch, gatherRows } from '@calve/core/plugin';
import { createMemoryTableWriter, decodeMemoryFile, type MemoryWriterConfiguration } from './memory-table-writer.ts';
import { batchRows } from './rows-batch.ts';

/** Configuration of a writer of the memory sink that may take rows out of a table. */
export interface MemoryRewriteConfiguration extends MemoryWriterConfiguration {
  mode: ProgramOutput['mode'];
  /** The snapshot that was inspected, and its files; null: there was none. */
  snapshot: string | null;
  live: string[];
}

/** What the journal keeps of a rewrite in memory. */
export interface MemoryRemoved {
  paths: string[];
  /** Files of the snapshot that was read. */
  read: string[];
}

type Row = Record<string, Json>;

interface Incoming {
  batch: ColumnBatch;
  unit: number;
}

/**
 * Writes rows and takes others out of the table: written for clarity, with an object for each row, so that it says what the modes mean. The table has
 * no partitions, so that every overwrite replaces all of it.
 */
export async function createMemoryRewritingWriter(config: Json, context: CallContext, ports: WriterPorts): Promise<TableWriter> {
  const configuration = config as unknown as MemoryRewriteConfiguration;
  const { mode, fields, live, snapshot, name } = configuration;
  const units: WrittenUnit[] = [];
  const incoming: Incoming[] = [];
  const writers: TableWriter[] = [];
  const writerNamed = async (file: string): Promise<TableWriter> => {
    const writer = await createMemoryTableWriter({ name: file, fields } as unknown as Json, context, ports);
    writers.push(writer);
    return writer;
  };
  const checking = await writerNamed(`${name}-new`);
  return {
    beginUnit(unit) {
      units.push(unit);
    },
    async write(batch) {
      const copy = batch.detach();
      // What does not fit the table has to be told when it is written.
      await checking.write(createColumnBatch({ fields: copy.fields, columns: copy.columns, rows: 0 }));
      incoming.push({ batch: copy, unit: units.length - 1 });
    },
    async finish() {
      const counts = units.map(() => ({ deduplicated: 0, replaced: 0 }));
      const rows = incoming.flatMap(({ batch, unit }, part) => batchRows(batch).map((row, at) => ({ row, unit, part, at })));
      const winners = mode.kind === 'merge' ? winnersOf(rows, units, mode, fields) : null;
      const isOverwrite = mode.kind === 'overwrite-table' || mode.kind === 'overwrite-partitions';
      if (isOverwrite && rows.length === 0) return { files: [], rows: 0 };
      const replaced = new Map(units.flatMap(({ uri, replaces }, unit) => (replaces ? [[uri, unit] as const] : [])));
      const table: { path: string; batch: ColumnBatch; rows: Row[] }[] = [];
      for (const path of isOverwrite || winners !== null || replaced.size > 0 ? live : [])
        for (const parts of decodeMemoryFile(await readAll(path, ports))) {
          const batch = createColumnBatch(parts);
          table.push({ path, batch, rows: batchRows(batch) });
        }
      const goneTo = (row: Row): number | null => {
        if (isOverwrite) return 0;
        return replaced.get(String(row['_source_file'])) ?? null;
      };
      const lost = new Set<string>();
      if (winners && mode.kind === 'merge')
        for (const row of table.flatMap((file) => file.rows)) {
          const winner = winners.get(keyOf(row, mode.keys));
          if (winner && goneTo(row) === null && compareNewest(row, winner.row, mode.newest, fields) > 0)
            lost.add(keyOf(row, mode.keys));
        }
      for (const key of lost) winners?.delete(key);
      const removed = new Set<string>();
      const keptRows = table.map((file) => {
        const kept: number[] = [];
        for (const [at, row] of file.rows.entries()) {
          const winner = mode.kind === 'merge' ? winners?.get(keyOf(row, mode.keys)) : undefined;
          const unit = goneTo(row) ?? winner?.unit ?? null;
          if (unit === null) kept.push(at);
          else {
            removed.add(file.path);
            counts[unit]!.replaced += 1;
          }
        }
        return { ...file, kept };
      });
      const keptWriter = await writerNamed(`${name}-kept`);
      for (const { path, batch, kept } of keptRows) if (removed.has(path)) await writeRows(keptWriter, batch, kept);
      const won = winners && new Set([...winners.values()].map(({ part, at }) => `${part} ${at}`));
      for (const [part, { batch }] of incoming.entries()) {
        const taken = Array.from({ length: batch.rows }, (_, at) => at).filter((at) => won === null || won.has(`${part} ${at}`));
        await writeRows(checking, batch, taken);
      }
      if (won) for (const { part, at, unit } of rows) if (!won.has(`${part} ${at}`)) counts[unit]!.deduplicated += 1;
      const added = await checking.finish();
      const keptFiles = await keptWriter.finish();
      const files: StagedFiles = { files: [...added.files, ...keptFiles.files], rows: added.rows + keptFiles.rows };
      if (mode.kind === 'append' && replaced.size === 0) return files;
      const told = units.map(({ key }, unit) => [key, counts[unit]!] as const);
      return {
        ...files,
        rewrite: {
          snapshot,
          removed: { paths: [...removed], read: live } satisfies MemoryRemoved,
          kept: keptFiles.rows,
          units: Object.fromEntries(told.filter(([, { deduplicated, replaced: gone }]) => deduplicated + gone > 0)),
        },
      };
    },
    async abort() {
      for (const writer of writers) await writer.abort();
    },
  };
}

interface Winner {
  row: Row;
  unit: number;
  part: number;
  at: number;
}

function winnersOf(
  rows: readonly Winner[],
  units: readonly WrittenUnit[],
  { keys, newest }: Extract<ProgramOutput['mode'], { kind: 'merge' }>,
  fields: readonly Field[],
): Map<string, Winner> {
  const winners = new Map<string, Winner>();
  for (const row of rows) {
    const key = keyOf(row.row, keys);
    if (keys.some((name) => (row.row[name] ?? null) === null))
      throw new CalveError('INTERNAL', 'A row without a key came to be merged; such rows are rejected before.');
    const known = winners.get(key);
    const order = known
      ? compareNewest(row.row, known.row, newest, fields) || compareUnits(units[row.unit]!, units[known.unit]!)
      : 1;
    if (order >= 0) winners.set(key, row);
  }
  return winners;
}

function keyOf(row: Row, keys: readonly string[]): string {
  return JSON.stringify(keys.map((name) => row[name] ?? null));
}

function compareUnits(a: WrittenUnit, b: WrittenUnit): number {
  return Date.parse(a.modifiedAt) - Date.parse(b.modifiedAt) || Buffer.compare(Buffer.from(a.uri), Buffer.from(b.uri));
}

/** Below 0: `a` is older. A null is older than everything. */
function compareNewest(a: Row, b: Row, newest: readonly string[], fields: readonly Field[]): number {
  for (const name of newest) {
    const [x, y] = [a[name] ?? null, b[name] ?? null];
    const kind = fields.find((field) => field.name === name)?.type.kind;
    if (x === y) continue;
    if (x === null) return -1;
    if (y === null) return 1;
    const isInteger = kind === 'int64' || kind === 'int32';
    const isLess = isInteger
      ? BigInt(String(x)) < BigInt(String(y))
      : kind === 'string'
        ? Buffer.compare(Buffer.from(String(x)), Buffer.from(String(y))) < 0
        : x < y;
    return isLess ? -1 : 1;
  }
  return 0;
}

async function writeRows(writer: TableWriter, { fields, columns }: ColumnBatch, rows: readonly number[]): Promise<void> {
  if (rows.length === 0) return;
  const taken = Uint32Array.from(rows);
  await writer.write(
    createColumnBatch({ fields, columns: columns.map((column) => gatherRows(column, taken)), rows: taken.length }),
  );
}

async function readAll(path: string, ports: WriterPorts): Promise<Uint8Array> {
  if (!ports.openInput) throw new CalveError('INTERNAL', 'The writer was started without a way to read the table.');
  const file = await ports.openInput(path);
  try {
    const bytes = new Uint8Array(file.sizeBytes);
    for (let at = 0; at < bytes.length; ) at += await file.read(bytes.subarray(at), at);
    return bytes;
  } finally {
    await file.close();
  }
}
