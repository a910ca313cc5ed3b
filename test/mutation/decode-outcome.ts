import { isUtf8 } from 'node:buffer';
import type {
  ByteReader,
  CalveErrorData,
  ColumnBatch,
  DecodeRequest,
  Decoder,
  Diagnostic,
  FormatPlugin,
  Json,
  Observation,
  Position,
  ReaderPlan,
  RejectedRecord,
} from '@calve/core/plugin';
import { CalveError, createCellSlice, isValid, readCell } from '@calve/core/plugin';
import type { CsvOptions, CsvOptionsInput } from '@calve/format-csv';
import type { TestContext } from '@calve/testkit';

/** Stands for a cell whose bytes are not valid UTF-8, which a decoder must not hand over. */
export const NOT_UTF8 = '(not valid UTF-8)';

/** A record that was accepted by the decoder. */
export interface DecodedRow {
  byteOffset: number;
  line: number;
  /** Its own bytes, one character each. */
  raw: string;
  cells: (string | null)[];
}

/** A record that was not. */
export interface DecodedReject {
  position: Position;
  codes: string[];
  /** One character per byte. */
  raw: string;
  truncated: boolean;
}

/** Everything that came out of one file, as plain data that can be compared. */
export interface DecodeOutcome {
  /** `null` when the file could not even be looked into. */
  observation: Observation | null;
  plan: ReaderPlan | null;
  rows: DecodedRow[];
  rejected: DecodedReject[];
  skipped: Record<string, number>;
  findings: Diagnostic[];
  /** What ended it: data of a `CalveError`, or the text of anything else. */
  error: CalveErrorData | { untyped: string } | null;
}

/** What is decoded, and by whom. */
export interface DecodeTask {
  format: FormatPlugin<CsvOptions, CsvOptionsInput>;
  decoder: Decoder;
  options: CsvOptions;
  budgetBytes: number;
  reader(): ByteReader;
  context: TestContext;
  request?: Partial<DecodeRequest>;
  /** Sees every batch before it is released. */
  onBatch?: (batch: ColumnBatch, observation: Observation) => Promise<void>;
}

const REQUEST: DecodeRequest = { columns: 'all', maxRows: 16_384, maxBytes: 16 * 1024 };

/** Looks into a file and reads it. Never rejects: an error is part of the outcome. */
export async function decodeOutcome(task: DecodeTask): Promise<DecodeOutcome> {
  const { format, decoder, options, budgetBytes, context } = task;
  const outcome: DecodeOutcome = {
    observation: null,
    plan: null,
    rows: [],
    rejected: [],
    skipped: {},
    findings: [],
    error: null,
  };
  try {
    const observation = await decoder.observe(task.reader(), options as unknown as Json, budgetBytes, context);
    outcome.observation = observation;
    outcome.plan = format.lower(options, observation);
    const request = { ...REQUEST, ...task.request };
    for await (const event of decoder.decode(task.reader(), outcome.plan, { kind: 'whole' }, request, context)) {
      if (event.kind === 'batch') {
        try {
          outcome.rows.push(...rowsOf(event.batch));
          await task.onBatch?.(event.batch, observation);
        } finally {
          event.batch.release();
        }
      } else if (event.kind === 'rejected') outcome.rejected.push(...event.records.map(rejectOf));
      else if (event.kind === 'finding') outcome.findings.push(event.diagnostic);
      else if (event.kind === 'skipped') outcome.skipped[event.reason] = (outcome.skipped[event.reason] ?? 0) + event.records;
      else outcome.error = { untyped: `${event.kind}, although no range was asked for` };
    }
  } catch (error) {
    outcome.error = CalveError.is(error)
      ? (JSON.parse(JSON.stringify(error)) as CalveErrorData)
      : { untyped: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  return outcome;
}

function rowsOf(batch: ColumnBatch): DecodedRow[] {
  const { records, byteOffsets } = batch;
  const slice = createCellSlice();
  return Array.from({ length: batch.rows }, (_, row) => ({
    byteOffset: byteOffsets?.[row] ?? -1,
    line: records?.lines?.[row] ?? -1,
    raw: records ? Buffer.from(records.source.subarray(records.starts[row], records.ends[row])).toString('latin1') : '',
    cells: batch.columns.map((column) => {
      if ((column.layout !== 'cells' && column.layout !== 'offsets') || !isValid(column, row)) return null;
      const { bytes, start, end } = readCell(column, row, slice);
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      return isUtf8(text) ? text.toString() : NOT_UTF8;
    }),
  }));
}

/** A rejected record as plain data. */
export function rejectOf({ position, codes, raw, truncated }: RejectedRecord): DecodedReject {
  return { position, codes, raw: Buffer.from(raw).toString('latin1'), truncated };
}
