import type { ColumnBatch, Json, SinkSession } from '@calve/core/plugin';
import { readValue } from '@calve/core/plugin';
import { fieldOf } from './model-type.ts';
import { childrenOf } from './nested-column.ts';
import type { NestedTable } from './random-nested-table.ts';

/** Everything in which the rows that Calve itself reads differ from the table, one sentence each. */
export async function ownDifferences(session: SinkSession, table: NestedTable): Promise<string[]> {
  const rows = [...table.rows, ...table.later];
  const fields = table.after.map(fieldOf);
  const columns = childrenOf(table.after, rows);
  const wanted = rows.map((_, row) => fields.map(({ type }, at) => text(readValue(columns[at] as never, type, row))));
  const found: string[][] = [];
  const target = { table: table.name } as Json;
  for await (const batch of session.read(target, { signal: new AbortController().signal })) {
    found.push(...rowsOf(batch));
    batch.release();
  }
  const id = fields.findIndex(({ name }) => name === 'id');
  found.sort((a, b) => Number(JSON.parse(a[id] as string)) - Number(JSON.parse(b[id] as string)));
  if (found.length !== wanted.length) return [`Calve: has ${found.length} rows, not ${wanted.length}`];
  return wanted.flatMap((row, at) =>
    row.flatMap((value, column) =>
      found[at]?.[column] === value
        ? []
        : [`Calve: "${fields[column]?.name}" of row ${at} is ${found[at]?.[column]}, not ${value}`],
    ),
  );
}

function rowsOf({ fields, columns, rows }: ColumnBatch): string[][] {
  return Array.from({ length: rows }, (_, row) => fields.map(({ type }, at) => text(readValue(columns[at] as never, type, row))));
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}
