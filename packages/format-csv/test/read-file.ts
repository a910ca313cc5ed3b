import type { ByteReader, DecodeEvent, DecodeRequest, DelimitedReader, Diagnostic, Observation } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import { csvDecoder } from '../src/csv-decoder.ts';
import type { CsvOptionsInput } from '../src/index.ts';
import { csvFormat } from '../src/index.ts';
import { observeCsv } from '../src/observe-csv.ts';

/** One data record in file order: the cells of a row, or the bytes of a rejected record as text. */
export type ReadRecord =
  | { row: (string | null)[] }
  | { rejected: string; line: number | undefined; byteOffset: number | undefined };

export interface ReadFile {
  fields: string[];
  records: ReadRecord[];
  skipped: Record<string, number>;
  /** Of the observation. */
  findings: Diagnostic[];
  /** Of the decoder. */
  decoded: Diagnostic[];
}

export const everything: DecodeRequest = { columns: 'all', maxRows: 10_000, maxBytes: 1024 * 1024 };

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `observe` says of a file, all of it unless a budget is given. */
export async function observeFile(
  content: Uint8Array | string,
  options: CsvOptionsInput = {},
  budgetBytes = 1e9,
): Promise<Observation> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  return observeCsv(bytesReader(bytes), validOptions(options), budgetBytes, testContext());
}

/** Observes and reads a file as the engine does. */
export async function readFile(
  content: Uint8Array | string,
  options: CsvOptionsInput = {},
  how: { chunkBytes?: number; reader?: ByteReader; request?: Partial<DecodeRequest> } = {},
): Promise<ReadFile> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  const observation = await observeFile(bytes, options);
  const plan = csvFormat().lower(validOptions(options), observation) as DelimitedReader;
  const decoder = await csvDecoder(how.chunkBytes ? { chunkBytes: how.chunkBytes } : {}, testContext(), undefined);
  const file: ReadFile = { fields: plan.columns, records: [], skipped: {}, findings: observation.findings, decoded: [] };
  const reader = how.reader ?? bytesReader(bytes);
  for await (const event of decoder.decode(reader, plan, { kind: 'whole' }, { ...everything, ...how.request }, testContext())) {
    addEvent(file, event);
  }
  return file;
}

export function validOptions(options: CsvOptionsInput) {
  const result = csvFormat().options['~standard'].validate(options);
  if (result instanceof Promise || result.issues) throw new TypeError(JSON.stringify(result));
  return result.value;
}

function addEvent(file: ReadFile, event: DecodeEvent): void {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  if (event.kind === 'batch') {
    const { batch } = event;
    for (let row = 0; row < batch.rows; row += 1) {
      file.records.push({
        row: batch.columns.map((column) => {
          if (column.layout !== 'cells') throw new TypeError(column.layout);
          const { validity, source, starts, ends } = column;
          if (validity && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0) return null;
          return decoder.decode(source.subarray(starts[row], ends[row]));
        }),
      });
    }
    batch.release();
  } else if (event.kind === 'rejected') {
    for (const { raw, position } of event.records) {
      const { line, byteOffset } = position;
      file.records.push({ rejected: Buffer.from(raw).toString('utf8'), line, byteOffset });
    }
  } else if (event.kind === 'skipped') file.skipped[event.reason] = (file.skipped[event.reason] ?? 0) + event.records;
  else if (event.kind === 'finding') file.decoded.push(event.diagnostic);
}
