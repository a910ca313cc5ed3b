import type { Field } from '../columns/column-type.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Int64, Json } from '../json/json.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import type { Connections } from './connections.ts';
import { rowsOf } from './preview-ingestion.ts';

/** Rows of a table as any reader sees them now. */
export interface TableRows {
  /** In people's words: `sales.orders`. */
  table: string;
  fields: Field[];
  /** One object per row, by column name; values as `readValue` gives them. */
  rows: Record<string, Json>[];
  /** The snapshot that was read; null when the table does not exist or is empty. */
  snapshot: Int64 | null;
}

/**
 * Reads rows of an output straight from its committed snapshot, whoever wrote them.
 *
 * @param output Name of the output, or `accepted` and `rejected` for the first output of that kind.
 * @param limit Most rows to read.
 */
export async function readTable(
  spec: IngestionSpec,
  output: string,
  limit: number,
  connections: Connections,
  context: CallContext,
): Promise<TableRows> {
  const kinds: Record<string, OutputSpec | undefined> = { accepted: mainOutput(spec), rejected: rejectedOutput(spec) };
  const wanted = spec.outputs.find(({ name }) => name === output) ?? kinds[output];
  if (!wanted) {
    throw new CalveError(
      'SPEC_INVALID',
      `Ingestion "${spec.id}" has no output "${output}"; it has ${spec.outputs.map(({ name }) => name).join(', ')}.`,
      { recovery: 'fix-input' },
    );
  }
  const sink = await connections.sink(wanted.sink);
  const table = sink.describe(wanted.options).name;
  const state = await sink.inspect(wanted.options);
  if (state === 'absent') return { table, fields: [], rows: [], snapshot: null };
  const result: TableRows = { table, fields: state.fields, rows: [], snapshot: state.snapshot };
  if (state.snapshot === null || limit <= 0) return result;
  for await (const batch of sink.read(wanted.options, { limit, snapshot: state.snapshot, signal: context.signal })) {
    result.rows.push(...rowsOf(batch, limit - result.rows.length));
    batch.release();
    if (result.rows.length >= limit) break;
  }
  return result;
}
