import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CalveError, type ColumnSpec, createCalve, type Json, memoryState } from '@calve/core';
import type { Field, SinkSession } from '@calve/core/plugin';
import { BatchMemory, columnBuffers, createColumnBatch } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type IcebergSink, icebergSink, type PartitionBy, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { columnOfScalars } from './column-of-scalars.ts';
import type { RandomTable, TableColumn } from './random-table.ts';
import { csvText } from './scalar-texts.ts';

/** A lake in a folder of its own. */
export interface RoundTripLake {
  folder: string;
  sink: IcebergSink;
}

export function openLake(folder: string): RoundTripLake {
  const sink = icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') });
  return { folder, sink };
}

/** Writes the rows of a table, in one or two commits. @throws {Error} What the ingestion or the sink throws. */
export async function writeTable(lake: RoundTripLake, table: RandomTable): Promise<void> {
  await (table.path === 'csv' ? writeThroughCsv(lake, table) : writeThroughWriter(lake, table));
}

async function writeThroughCsv({ folder, sink }: RoundTripLake, table: RandomTable): Promise<void> {
  const path = join(folder, 'landing', String(table.seed));
  await mkdir(path, { recursive: true });
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: sink },
    state: memoryState(),
  });
  const columns = Object.fromEntries(
    table.columns.map(({ name, kind }): [string, ColumnSpec] => {
      const isFloating = kind.type.kind === 'float32' || kind.type.kind === 'float64';
      return [name, { type: kind.type, ...(isFloating ? { parse: { special: true } } : {}) }];
    }),
  );
  const spec = calve
    .ingestion(`table_${table.seed}`)
    .from('local', { path })
    .as('csv', { header: true, delimiter: ',' })
    .columns(columns)
    .settle(0)
    .into('lake', targetOf(table))
    .build();
  for (const [at, { start, end }] of piecesOf(table).entries()) {
    await writeFile(join(path, `piece-${at}.csv`), csvOf(table.columns, start, end));
    if (at + 1 !== table.firstCommit && at + 1 !== table.pieces.length) continue;
    await calve.run(spec).catch((error: CalveError) => {
      throw new Error(`${error.code}: ${error.message} ${JSON.stringify(error.context).slice(0, 2000)}`);
    });
  }
}

/** A file with a header. Text is quoted where it has to be, and in every second row. */
function csvOf(columns: readonly TableColumn[], start: number, end: number): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = [columns.map(({ name }) => quote(name)).join(',')];
  for (let row = start; row < end; row++) {
    const cells = columns.map(({ kind, values }) => {
      const value = values[row];
      if (value === null || value === undefined) return '';
      const text = csvText(kind.type, value);
      return row % 2 === 0 || text === '' || /[",\r\n]/.test(text) ? quote(text) : text;
    });
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}

async function writeThroughWriter({ sink }: RoundTripLake, table: RandomTable): Promise<void> {
  const context = testContext();
  const session = await sink.connect(context);
  try {
    const pieces = piecesOf(table);
    const commits = [pieces.slice(0, table.firstCommit), pieces.slice(table.firstCommit)].filter(({ length }) => length > 0);
    for (const [at, commit] of commits.entries()) await append(session, table, at + 1, commit);
  } finally {
    await session.close();
  }
}

/** One commit of the exactly-once protocol, without a journal. */
async function append(
  session: SinkSession,
  table: RandomTable,
  sequence: number,
  pieces: readonly { start: number; end: number }[],
): Promise<void> {
  const target = targetOf(table) as unknown as Json;
  const key = { tenant: 'test', ingestion: `table_${table.seed}` };
  const fields = table.columns.map(({ name, kind, required }): Field => ({ name, type: kind.type, required }));
  const state = await session.inspect(target);
  const plan = session.planChanges(state, fields, target);
  if (plan.kind === 'impossible') throw new Error(`${table.name}: ${plan.diagnostic.message}`);
  const program = testProgram([{ target, fields: plan.fields, changes: plan.changes }], {
    tenant: key.tenant,
    ingestion: key.ingestion,
  });
  const planned = testIntent(program, { key, sequence, identities: { main: state === 'absent' ? 'absent' : state.identity } });
  const ports = { openOutput: (name: string) => session.openOutput(name) };
  const writer = await session.writer(program, planned, 'main').create(testContext(), ports);
  for (const { start, end } of pieces) {
    const columns = table.columns.map(({ kind, values }) => columnOfScalars(kind.type, values.slice(start, end)));
    const memory = new BatchMemory(columns.flatMap(columnBuffers));
    const batch = createColumnBatch({ fields, columns, rows: end - start }, memory);
    memory.release();
    await writer.write(batch);
    batch.release();
  }
  const intent = withStagedFiles(planned, 'main', await writer.finish());
  const prepared = await session.prepare(intent, 'main');
  if (prepared.kind !== 'ready') throw new Error(`${table.name} cannot be committed: ${JSON.stringify(prepared)}`);
  const outcome = await session.send(prepared.request);
  if (outcome.kind !== 'committed') throw new Error(`${table.name} was not committed: ${JSON.stringify(outcome)}`);
}

function targetOf(table: RandomTable) {
  if (table.creator === 'pyiceberg') return { table: table.name };
  const partitionBy = table.partition.map(({ column: { name: column }, transform }): PartitionBy => {
    const [, name, parameter] = /^(\w+)\[(\d+)\]$/.exec(transform) ?? [];
    if (name === 'bucket') return { transform: name, column, buckets: Number(parameter) };
    if (name === 'truncate') return { transform: name, column, width: Number(parameter) };
    return { transform: transform as 'identity', column };
  });
  return { table: table.name, partitionBy, properties: table.properties };
}

function piecesOf({ pieces }: RandomTable): { start: number; end: number }[] {
  let start = 0;
  return pieces.map((rows) => {
    start += rows;
    return { start: start - rows, end: start };
  });
}
