import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Json } from '@calve/core/plugin';
import { type AnyFormat, createTestCalve } from '@calve/testkit';
import type { ColumnKind } from './random-scalar.ts';
import { declaredType, type RandomTable, type Value, type ValueType } from './random-table.ts';
import type { WriterCase, WriterTask } from './writer-task.ts';

/** The rows of a file as Calve loads them with the types declared; values in canonical text. */
export async function readBack(
  { file, columns }: WriterTask,
  format: { name: string; plugin: AnyFormat; options: Record<string, Json> },
  readings: WriterCase['readings'] = {},
): Promise<{ rows: RandomTable['rows']; rejected: string[] }> {
  const { name, plugin, options } = format;
  const files = { [basename(file)]: new Uint8Array(readFileSync(file)) };
  await using test = await createTestCalve({ files, formats: { [name]: plugin } });
  const mode = { kind: 'append' };
  const declared = Object.fromEntries(
    columns.map(([column, type]) => [
      column,
      Object.assign({ type: declaredType(type) }, ...kindsIn(type).map((kind) => readings[kind] ?? {})),
    ]),
  );
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
    rows: test.rows().map((row) => columns.map(([column, type]) => canonical(shownValue(row[column] ?? null, type), type))),
    rejected: test.rejected().map(({ text, errors }) => `${errors.join()}: ${text}`),
  };
}

/** What was written, in the same form: floating point numbers as JavaScript prints them, maps in the order of their keys. */
export function writtenRows({ columns, rows }: RandomTable): RandomTable['rows'] {
  return rows.map((row) => row.map((value, at) => canonical(value, (columns[at] as [string, ValueType])[1])));
}

function kindsIn(type: ValueType): ColumnKind[] {
  if (typeof type === 'string') return [type];
  return 'struct' in type ? type.struct.flatMap(([, inside]) => kindsIn(inside)) : kindsIn('list' in type ? type.list : type.map);
}

/** What Calve shows, in the form of a random table: members by their place, a map as pairs. A member too many or too few stays visible. */
function shownValue(shown: Json, type: ValueType): Value {
  if (shown === null) return null;
  if (typeof type === 'string') return String(shown);
  if ('list' in type) return (shown as Json[]).map((element) => shownValue(element, type.list));
  if ('map' in type) {
    return (shown as { key: string; value: Json }[]).map(({ key, value }) => [key, shownValue(value, type.map)]);
  }
  const members = Object.entries(shown as Record<string, Json>);
  return members.map(([name, member], at) => {
    const [expected, inside] = type.struct[at] ?? ['', 'string'];
    return name === expected ? shownValue(member, inside) : `${name}: ${JSON.stringify(member)}`;
  });
}

function canonical(value: Value, type: ValueType): Value {
  if (value === null) return null;
  if (type === 'float64') return String(Number(value));
  if (typeof value === 'string' || typeof type === 'string') return value;
  if ('list' in type) return value.map((element) => canonical(element, type.list));
  if ('struct' in type) return value.map((member, at) => canonical(member, type.struct[at]?.[1] ?? 'string'));
  // A map has no order: Spark writes that of its hash.
  const pairs = (value as [string, Value][]).map(([key, inside]): [string, Value] => [key, canonical(inside, type.map)]);
  return pairs.sort(([one], [other]) => (one < other ? -1 : 1));
}
