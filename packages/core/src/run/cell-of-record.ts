import { cellText } from '../columns/cell-text.ts';
import { isValid } from '../columns/column-data.ts';
import type { CallContext } from '../context/call-context.ts';
import { recordReader } from '../format/record-reader.ts';
import type { ReadAs } from '../replay/open-rejections.ts';
import { bytesOf } from '../source/own-bytes.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import { isUnitFault } from './observe-unit.ts';
import { openDecoder } from './open-decoder.ts';

/** Longer records are not taken apart for an example. */
const LONGEST = 16 * 1024;
/** Longer values are cut. */
const SHOWN = 200;

/**
 * The text of one cell of a record that was set aside, as an example for people: at most 200 characters.
 *
 * @param column Name in the file, in any case.
 * @returns null: the cell is null, or the record cannot be taken apart.
 */
export async function cellOfRecord(
  raw: Uint8Array,
  column: string,
  { format, reader }: ReadAs,
  { configuration, context }: { configuration: CalveConfiguration; context: CallContext },
): Promise<string | null> {
  const records = recordReader(reader);
  if (records === null || raw.length > LONGEST) return null;
  const decoder = await openDecoder(configuration, format, context);
  const request = { columns: 'all' as const, maxRows: 1, maxBytes: LONGEST, limit: 1 };
  try {
    for await (const event of decoder.decode(bytesOf(raw), records, { kind: 'whole' }, request, context)) {
      if (event.kind !== 'batch') continue;
      const { fields, columns } = event.batch;
      const index = fields.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
      const data = columns[index];
      const isText = data?.layout === 'cells' || data?.layout === 'offsets';
      const text = isText && isValid(data, 0) ? cellText(data, 0) : null;
      event.batch.release();
      return text !== null && text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
    }
    return null;
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return null;
  }
}
