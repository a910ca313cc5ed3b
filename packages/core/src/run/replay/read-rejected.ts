import { PROVENANCE_COLUMNS } from '../../checkpoint/persisted-names.ts';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { type ColumnData, isValid } from '../../columns/column-data.ts';
import { createCellSlice, readCell } from '../../columns/read-cell.ts';
import { readValue } from '../../columns/read-value.ts';
import type { CallContext } from '../../context/call-context.ts';
import { throwIfAborted } from '../../errors/calve-error.ts';
import type { Json } from '../../json/json.ts';
import type { Connections } from '../connections.ts';

/** A row of a table of rejected rows. */
export interface StoredRejection {
  uri: string;
  version: string;
  /** The commit that rejected it. */
  sequence: number;
  codes: string[];
  /** A copy of the record, or of its first 64 KiB. */
  raw: Uint8Array;
  truncated: boolean;
  byteOffset?: number;
  line?: number;
  /** Known where the spec asks for it. */
  record?: number;
}

const COLUMNS = {
  uri: PROVENANCE_COLUMNS['source-file'],
  version: PROVENANCE_COLUMNS['source-version'],
  record: PROVENANCE_COLUMNS.record,
  sequence: 'sequence',
  errors: 'errors',
  raw: 'raw',
  truncated: 'raw_truncated',
  byteOffset: 'byte_offset',
  line: 'line',
} as const;

/**
 * Rows of the table of rejected rows as any reader sees them now, from first to last.
 *
 * @param isWanted Asked about file and commit of each row, before anything else of it is read.
 * @returns Nothing where there is no table, or no row in it names its file.
 */
export async function* readRejected(
  output: { sink: string; target: Json },
  isWanted: (uri: string, version: string, sequence: number) => boolean,
  { connections, context }: { connections: Connections; context: CallContext },
): AsyncGenerator<StoredRejection> {
  const sink = await connections.sink(output.sink);
  const state = await sink.inspect(output.target);
  if (state === 'absent' || state.snapshot === null) return;
  const present = new Set(state.fields.map(({ name }) => name));
  const columns = Object.values(COLUMNS).filter((name) => present.has(name));
  if (!present.has(COLUMNS.uri) || !present.has(COLUMNS.version) || !present.has(COLUMNS.sequence)) return;
  const { snapshot } = state;
  for await (const batch of sink.read(output.target, {
    columns: columns.map((name) => [name]),
    snapshot,
    signal: context.signal,
  })) {
    try {
      yield* rowsOf(batch, isWanted);
    } finally {
      batch.release();
    }
    throwIfAborted(context.signal);
    await context.environment.sleep(0);
  }
}

function* rowsOf(batch: ColumnBatch, isWanted: Parameters<typeof readRejected>[1]): Generator<StoredRejection> {
  const cell = (name: string): ((row: number) => Json) => {
    const index = batch.fields.findIndex((field) => field.name === name);
    const column = batch.columns[index];
    const type = batch.fields[index]?.type;
    return column && type ? (row) => readValue(column, type, row) : () => null;
  };
  const [uri, version, sequence, record, errors, truncated, byteOffset, line] = [
    ...[COLUMNS.uri, COLUMNS.version, COLUMNS.sequence, COLUMNS.record],
    ...[COLUMNS.errors, COLUMNS.truncated, COLUMNS.byteOffset, COLUMNS.line],
  ].map(cell) as [Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell];
  const raw = batch.columns[batch.fields.findIndex(({ name }) => name === COLUMNS.raw)];
  const number = (value: Json, name: string) => (value === null ? {} : { [name]: Number(value) });
  for (let row = 0; row < batch.rows; row += 1) {
    const [file, of, commit] = [String(uri(row)), String(version(row)), Number(sequence(row))];
    if (!isWanted(file, of, commit)) continue;
    yield {
      uri: file,
      version: of,
      sequence: commit,
      codes: (errors(row) ?? []) as string[],
      raw: bytesAt(raw, row),
      truncated: truncated(row) === true,
      ...number(byteOffset(row), 'byteOffset'),
      ...number(line(row), 'line'),
      ...number(record(row), 'record'),
    };
  }
}

type Cell = (row: number) => Json;

function bytesAt(column: ColumnData | undefined, row: number): Uint8Array {
  if (!column || !isValid(column, row)) return new Uint8Array(0);
  if (column.layout === 'dictionary') return bytesAt(column.values, column.indexes[row] as number);
  if (column.layout !== 'offsets' && column.layout !== 'cells') return new Uint8Array(0);
  const { bytes, start, end } = readCell(column, row, createCellSlice());
  return bytes.slice(start, end);
}
