import type {
  ByteReader,
  ColumnBatch,
  ColumnData,
  ColumnType,
  DecodeEvent,
  DecodeRequest,
  Diagnostic,
  Field,
  JsonReader,
  Observation,
} from '@calve/core/plugin';
import { isValid } from '@calve/core/plugin';
import { bytesReader, type TestContext, testContext } from '@calve/testkit';
import type { JsonOptionsInput } from '../src/index.ts';
import { jsonFormat } from '../src/index.ts';
import { jsonDecoder } from '../src/json-decoder.ts';
import { observeJson } from '../src/observe-json.ts';

/** A text, or null; a struct as a list of its members, a list as a list, a map as `key->value` texts. */
export type Value = string | null | Value[];

/** One data record in file order. */
export type ReadRecord =
  | { row: Value[] }
  | { rejected: string; code: string; columns: string[]; line: number | undefined; byteOffset: number | undefined };

export interface ReadFile {
  fields: readonly Field[];
  records: ReadRecord[];
  skipped: Record<string, number>;
  /** Of the observation. */
  findings: Diagnostic[];
  /** Of the decoder. */
  decoded: Diagnostic[];
}

export const everything: DecodeRequest = { columns: 'all', maxRows: 10_000, maxBytes: 1024 * 1024 };

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function validOptions(options: JsonOptionsInput) {
  const result = jsonFormat().options['~standard'].validate(options);
  if (result instanceof Promise || result.issues) throw new TypeError(JSON.stringify(result));
  return result.value;
}

/** What `observe` says of a file, all of it unless a budget is given. */
export async function observeFile(
  content: Uint8Array | string,
  options: JsonOptionsInput = {},
  budgetBytes = 1e9,
  context: TestContext = testContext(),
): Promise<Observation> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  return observeJson(bytesReader(bytes), validOptions(options), budgetBytes, context);
}

/** Observes and reads a file as the engine does, in its own structure or the one that is given. */
export async function readFile(
  content: Uint8Array | string,
  options: JsonOptionsInput = {},
  how: { chunkBytes?: number; request?: Partial<DecodeRequest>; plan?: Partial<JsonReader> } = {},
): Promise<ReadFile> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  const observation = await observeFile(bytes, options);
  const plan = { ...(jsonFormat().lower(validOptions(options), observation) as JsonReader), ...how.plan };
  const file = await decodeFile(bytesReader(bytes), plan, how);
  return { ...file, findings: observation.findings };
}

/** Reads with the decoder alone. */
export async function decodeFile(
  reader: ByteReader,
  plan: JsonReader,
  how: { chunkBytes?: number; request?: Partial<DecodeRequest>; context?: TestContext } = {},
): Promise<ReadFile> {
  const { context = testContext() } = how;
  const decoder = await jsonDecoder(how.chunkBytes ? { chunkBytes: how.chunkBytes } : {}, context, undefined);
  const file: ReadFile = { fields: plan.fields, records: [], skipped: {}, findings: [], decoded: [] };
  for await (const event of decoder.decode(reader, plan, { kind: 'whole' }, { ...everything, ...how.request }, context)) {
    addEvent(file, event);
  }
  return file;
}

/** A plan that reads lines into the given columns. */
export function plan(fields: Field[], over: Partial<JsonReader> = {}): JsonReader {
  return { kind: 'json', framing: 'lines', recordsAt: [], fields, rescue: null, compression: null, ...over };
}

const text: ColumnType = { kind: 'string' };

/** Fields of text. */
export const texts = (...names: string[]): Field[] => names.map((name) => ({ name, type: text, required: false }));

/** The rows of a batch. */
export function rowsOf({ fields, columns, rows }: ColumnBatch): Value[][] {
  return Array.from({ length: rows }, (_, row) =>
    columns.map((column, index) => cellValue(column, (fields[index] as Field).type, row)),
  );
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function cellValue(column: ColumnData, type: ColumnType, row: number): Value {
  if (!isValid(column, row)) return null;
  switch (column.layout) {
    case 'cells':
      return decoder.decode(column.source.subarray(column.starts[row], column.ends[row]));
    case 'struct': {
      const fields = type.kind === 'struct' ? type.fields : type.kind === 'map' ? [type.key, type.value] : [];
      return column.children.map((child, index) => cellValue(child, (fields[index] as Field).type, row));
    }
    case 'list': {
      const from = column.offsets[row] as number;
      const to = column.offsets[row + 1] as number;
      const inside = type.kind === 'list' ? type.element.type : type;
      const values = Array.from({ length: to - from }, (_, index) => cellValue(column.element, inside, from + index));
      return type.kind === 'map' ? values.map((entry) => (entry as Value[]).map(String).join('->')) : values;
    }
    default:
      throw new TypeError(column.layout);
  }
}

function addEvent(file: ReadFile, event: DecodeEvent): void {
  if (event.kind === 'batch') {
    const { batch } = event;
    file.records.push(...rowsOf(batch).map((row) => ({ row })));
    batch.release();
  } else if (event.kind === 'rejected') {
    for (const { raw, position, codes, columns } of event.records) {
      const { line, byteOffset } = position;
      file.records.push({ rejected: Buffer.from(raw).toString('utf8'), code: codes.join(), columns, line, byteOffset });
    }
  } else if (event.kind === 'skipped') file.skipped[event.reason] = (file.skipped[event.reason] ?? 0) + event.records;
  else if (event.kind === 'finding') file.decoded.push(event.diagnostic);
}
