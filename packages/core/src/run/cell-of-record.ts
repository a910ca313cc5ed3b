import { readValue } from '../columns/read-value.ts';
import type { CallContext } from '../context/call-context.ts';
import type { CodePlace } from '../findings/code-place.ts';
import { recordReader } from '../format/record-reader.ts';
import type { Json, Path } from '../json/json.ts';
import type { ReadAs } from '../replay/open-rejections.ts';
import { bytesOf } from '../source/own-bytes.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import { isUnitFault } from './observe-unit.ts';
import { openDecoder } from './open-decoder.ts';

/** Longer records are not taken apart for an example. */
const LONGEST = 16 * 1024;
/** Longer values are cut. */
const SHOWN = 200;

/** A value of a record that was set aside. */
export interface RecordCell {
  /** At most 200 characters. */
  text: string;
  /** False: the text is all of a list or object, in which the value is. */
  isValue: boolean;
}

/** Where the value of a place of the table stands in a file. */
export function placeInFile({ column, path }: Pick<CodePlace, 'column' | 'path'>, spec: Pick<IngestionSpec, 'outputs'>): Path {
  return [...(columnSpecOf(mainOutput(spec).columns, column)?.spec.from ?? [column]), ...path];
}

/**
 * The text of one value of a record that was set aside, as an example for people.
 *
 * @param path Name of the column in the file, in any case, then the way into it: names of members, `element`, `key`, `value`.
 * @returns null: the value is null, or the record cannot be taken apart.
 */
export async function cellOfRecord(
  raw: Uint8Array,
  [column = '', ...inside]: Path,
  { format, reader }: ReadAs,
  { configuration, context }: { configuration: CalveConfiguration; context: CallContext },
): Promise<RecordCell | null> {
  const records = recordReader(reader);
  if (records === null || raw.length > LONGEST) return null;
  const decoder = await openDecoder(configuration, format, context);
  const request = { columns: 'all' as const, maxRows: 1, maxBytes: LONGEST, limit: 1 };
  try {
    for await (const event of decoder.decode(bytesOf(raw), records, { kind: 'whole' }, request, context)) {
      if (event.kind !== 'batch') continue;
      const { fields, columns } = event.batch;
      const index = fields.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
      const [data, field] = [columns[index], fields[index]];
      const value = data && field ? readValue(data, field.type, 0) : null;
      event.batch.release();
      return cellAt(value, inside);
    }
    return null;
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return null;
  }
}

/** Goes into a value as far as the way is clear: one of several elements or entries is not chosen. */
function cellAt(value: Json, path: Path): RecordCell | null {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== 'object') break;
    if (Array.isArray(current) && current.length !== 1) return { text: cut(JSON.stringify(current)), isValue: false };
    const one = Array.isArray(current) ? (current[0] as Json) : current;
    const isElement = Array.isArray(current) && step === 'element';
    current = isElement ? one : ((one as Record<string, Json> | null)?.[step] ?? null);
  }
  if (current === null) return null;
  return typeof current === 'object'
    ? { text: cut(JSON.stringify(current)), isValue: false }
    : { text: cut(String(current)), isValue: true };
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
