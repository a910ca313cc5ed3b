import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import type { RowOrigins } from '../ledger/row-origins.ts';
import type { OutputSpec } from '../spec/ingestion-spec.ts';
import type { LedgerRequest } from './ledger-request.ts';

/** The columns that tell which version of which file a row comes from. */
export const ORIGIN_COLUMNS = [PROVENANCE_COLUMNS['source-file'], PROVENANCE_COLUMNS['source-version']] as const;

/**
 * Counts the rows of one table by the file version that they name. Reads only the columns that tell.
 *
 * @param onRows Hears how many rows were read, after each batch.
 * @returns False: the table is not there, or has no columns that tell where its rows come from.
 */
export async function readOrigins(
  output: OutputSpec,
  kind: 'accepted' | 'rejected',
  origins: RowOrigins,
  { connections, context }: Pick<LedgerRequest, 'connections' | 'context'>,
  onRows: (rows: number) => void = () => {},
): Promise<boolean> {
  const sink = await connections.sink(output.sink);
  const state = await sink.inspect(output.options);
  if (
    state === 'absent' ||
    !ORIGIN_COLUMNS.every((name) => state.fields.some((field) => field.name === name && field.type.kind === 'string'))
  )
    return false;
  if (state.snapshot === null) return true;
  const { signal } = context;
  let rows = 0;
  for await (const batch of sink.read(output.options, {
    columns: ORIGIN_COLUMNS.map((name) => [name]),
    snapshot: state.snapshot,
    signal,
  })) {
    try {
      origins.add(batch, kind);
      rows += batch.rows;
    } finally {
      batch.release();
    }
    onRows(rows);
    await context.environment.sleep(0);
  }
  return true;
}
