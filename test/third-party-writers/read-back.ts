import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Json } from '@calve/core/plugin';
import { type AnyFormat, createTestCalve } from '@calve/testkit';
import { COLUMN_TYPES, type ColumnKind, type RandomTable } from './random-table.ts';
import type { WriterTask } from './writer-task.ts';

/** The rows of a file as Calve loads them with the types declared; values in canonical text. */
export async function readBack(
  { file, columns }: WriterTask,
  format: { name: string; plugin: AnyFormat; options: Record<string, Json> },
): Promise<{ rows: RandomTable['rows']; rejected: string[] }> {
  const { name, plugin, options } = format;
  const files = { [basename(file)]: new Uint8Array(readFileSync(file)) };
  await using test = await createTestCalve({ files, formats: { [name]: plugin } });
  const mode = { kind: 'append' };
  const declared = Object.fromEntries(columns.map(([column, kind]) => [column, { type: COLUMN_TYPES[kind] }]));
  await test.load({
    specVersion: 1,
    id: 'test',
    input: { source: 'files', format: { name, options } },
    outputs: [
      { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', columns: declared, mode, provenance: [] },
      { name: 'rejected', sink: 'memory', options: { table: 'rows__rejected' }, rows: 'rejected', mode },
    ],
    limits: { maxRejectedRatio: 1 },
  });
  return {
    rows: test.rows().map((row) => columns.map(([column, kind]) => canonical(row[column] ?? null, kind))),
    rejected: test.rejected().map(({ text, errors }) => `${errors.join()}: ${text}`),
  };
}

/** What was written, in the same form: floating point numbers as JavaScript prints them. */
export function writtenRows({ columns, rows }: RandomTable): RandomTable['rows'] {
  return rows.map((row) => row.map((value, at) => canonical(value, (columns[at] as [string, ColumnKind])[1])));
}

function canonical(value: Json, kind: ColumnKind): string | null {
  if (value === null) return null;
  return kind === 'float64' ? String(Number(value)) : String(value);
}
