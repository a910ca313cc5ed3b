import { isUtf8 } from 'node:buffer';
import { nodeEnvironment } from '@calve/core/node';
import type { ColumnData, ColumnType, Decoder, Diagnostic, JsonReader, Observation, RejectedRecord } from '@calve/core/plugin';
import { CalveError, completeLimits, isValid, limitedEnvironment, rebuildPortable } from '@calve/core/plugin';
import { jsonFormat } from '@calve/format-json';
import { bytesReader, slowReader, type TestContext, testContext } from '@calve/testkit';
import type { JsonMutant } from './json-mutant.ts';

/** A value as it was read: a text, or what it is made of. Names of members are those of the plan; a map is its entries. */
export type Seen = string | null | Seen[] | { [name: string]: Seen } | { entries: [string, Seen][] };

/** An accepted record. */
export interface SeenRow {
  byteOffset: number;
  /** One character per byte. */
  raw: string;
  values: Record<string, Seen>;
}

/** Everything that came out of one file, as plain data that can be compared. */
export interface JsonOutcome {
  observation: Observation | null;
  plan: JsonReader | null;
  rows: SeenRow[];
  rejected: { byteOffset: number; codes: string[]; raw: string; truncated: boolean }[];
  blank: number;
  findings: Diagnostic[];
  /** A text that is not valid UTF-8 came out. */
  isMangled: boolean;
  error: CalveError | null;
}

const format = jsonFormat();

/** A context as core makes them. */
export function contextFor(mutant: JsonMutant): TestContext {
  const limits = completeLimits(mutant.limits);
  return testContext({ limits, environment: limitedEnvironment(nodeEnvironment(), limits) });
}

/**
 * Looks into a file and reads it. Anything that is no `CalveError` is thrown on.
 *
 * @param chunkBytes Of content at once; with it the file comes in small pieces, and batches have three rows.
 */
export async function readMutant(mutant: JsonMutant, context: TestContext, chunkBytes?: number): Promise<JsonOutcome> {
  const outcome: JsonOutcome = {
    observation: null,
    plan: null,
    rows: [],
    rejected: [],
    blank: 0,
    findings: [],
    isMangled: false,
    error: null,
  };
  const validated = await format.options['~standard'].validate(mutant.options);
  if (validated.issues) throw new TypeError(JSON.stringify(validated.issues));
  const { module, exportName } = format.decoder;
  const decoder =
    chunkBytes === undefined
      ? await format.decoder.create(context, undefined)
      : await rebuildPortable<Decoder>({ module, exportName, config: { chunkBytes } }, context, undefined);
  const reader = () =>
    chunkBytes === undefined
      ? bytesReader(mutant.bytes)
      : slowReader(bytesReader(mutant.bytes), mutant.bytes.length > 3000 ? 997 : 5);
  const request = { columns: 'all' as const, maxRows: chunkBytes === undefined ? 16_384 : 3, maxBytes: 16 * 1024 };
  try {
    outcome.observation = await decoder.observe(
      reader(),
      JSON.parse(JSON.stringify(validated.value)),
      mutant.budgetBytes,
      context,
    );
    outcome.plan = format.lower(validated.value, outcome.observation) as JsonReader;
    for await (const event of decoder.decode(reader(), outcome.plan, { kind: 'whole' }, request, context)) {
      if (event.kind === 'batch') {
        const { batch } = event;
        for (let row = 0; row < batch.rows; row += 1) outcome.rows.push(rowOf(batch, row, outcome));
        batch.release();
      } else if (event.kind === 'rejected') outcome.rejected.push(...event.records.map(rejectOf));
      else if (event.kind === 'finding') outcome.findings.push(event.diagnostic);
      else if (event.kind === 'skipped') outcome.blank += event.records;
    }
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    outcome.error = error;
  }
  return outcome;
}

function rejectOf({ position, codes, raw, truncated }: RejectedRecord): JsonOutcome['rejected'][number] {
  return { byteOffset: position.byteOffset ?? -1, codes, raw: Buffer.from(raw).toString('latin1'), truncated };
}

type Batch = Parameters<typeof rowOf>[0];

function rowOf(
  batch: {
    fields: readonly { name: string; type: ColumnType }[];
    columns: readonly ColumnData[];
    byteOffsets?: Float64Array;
    records?: { source: Uint8Array; starts: Uint32Array; ends: Uint32Array };
  },
  row: number,
  outcome: JsonOutcome,
): SeenRow {
  const { records, byteOffsets } = batch as Batch;
  const raw = records ? Buffer.from(records.source.subarray(records.starts[row], records.ends[row])).toString('latin1') : '';
  const values = batch.fields.map(({ name, type }, index) => [name, seen(batch.columns[index]!, type, row, outcome)] as const);
  return { byteOffset: byteOffsets?.[row] ?? -1, raw, values: Object.fromEntries(values) };
}

function seen(column: ColumnData, type: ColumnType, row: number, outcome: JsonOutcome): Seen {
  if (!isValid(column, row)) return null;
  if (column.layout === 'cells') {
    const bytes = column.source.subarray(column.starts[row], column.ends[row]);
    if (!isUtf8(bytes)) outcome.isMangled = true;
    return Buffer.from(bytes).toString();
  }
  if (column.layout === 'struct' && type.kind === 'struct') {
    return Object.fromEntries(type.fields.map((field, at) => [field.name, seen(column.children[at]!, field.type, row, outcome)]));
  }
  if (column.layout !== 'list') throw new TypeError(`a column in the layout ${column.layout}`);
  const elements = Array.from({ length: column.offsets[row + 1]! - column.offsets[row]! }, (_, at) => column.offsets[row]! + at);
  if (type.kind === 'list') return elements.map((at) => seen(column.element, type.element.type, at, outcome));
  if (type.kind !== 'map' || column.element.layout !== 'struct') throw new TypeError(type.kind);
  const [keys, values] = column.element.children as [ColumnData, ColumnData];
  return {
    entries: elements.map((at) => [seen(keys, type.key.type, at, outcome) as string, seen(values, type.value.type, at, outcome)]),
  };
}
