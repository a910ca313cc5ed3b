import type { ColumnBatch, DecodeEvent, DecodeRequest, DelimitedReader } from '@calve/core/plugin';
import { CalveError, completeLimits, isValid, withoutWebAssembly } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import { csvKernels } from '../src/csv-kernels.ts';
import { RecordDecoding } from '../src/decode-records.ts';

export type Dialect = Pick<
  DelimitedReader,
  'delimiter' | 'quote' | 'escape' | 'comment' | 'unescapedQuotes' | 'header' | 'skipLines'
>;

/** A comma, a double quote, a header and nothing else. */
export const USUAL: Dialect = {
  delimiter: ',',
  quote: '"',
  escape: null,
  comment: null,
  unescapedQuotes: 'stop-at-delimiter',
  header: true,
  skipLines: 0,
};

export interface Reading {
  content: Uint8Array;
  columns: number;
  dialect: Dialect;
  request: DecodeRequest;
  chunkBytes: number;
  limits?: Parameters<typeof completeLimits>[0];
}

/** Who reads: the compiled scanner, its plain twin, or the tokenizer alone, which is normative. */
export type Rung = 'compiled' | 'plain' | 'tokenizer';

/** Everything that comes out of one pass, batch by batch, as plain data. */
export async function outcomeOf(reading: Reading, rung: Rung): Promise<unknown[]> {
  await csvKernels.open();
  if (rung === 'compiled' && csvKernels.current === null) throw new TypeError('There is no WebAssembly here.');
  return rung === 'compiled' ? read(reading, false) : withoutWebAssembly(() => read(reading, rung === 'tokenizer'));
}

/** How a file of that dialect is read. */
export function planOf(dialect: Dialect, columns: number): DelimitedReader {
  return {
    kind: 'delimited',
    compression: null,
    encoding: 'utf-8',
    multiLine: true,
    skipFooterLines: 0,
    columns: Array.from({ length: columns }, (_, column) => `c${column}`),
    ...dialect,
  };
}

async function read(reading: Reading, withoutScanner: boolean): Promise<unknown[]> {
  const { content, columns, dialect, request, chunkBytes, limits } = reading;
  const plan = planOf(dialect, columns);
  const context = testContext({ limits: completeLimits(limits) });
  const text = { reader: bytesReader(content), footerLines: () => 0 };
  const decoding = new RecordDecoding(text, plan, request, context, { chunkBytes, withoutScanner });
  const outcome: unknown[] = [];
  try {
    for await (const event of decoding.events()) outcome.push(plainEvent(event));
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    outcome.push(JSON.parse(JSON.stringify(error)));
  }
  return [...outcome, decoding.isComplete, decoding.lineEnd, decoding.longestRecordBytes];
}

export interface PlainBatch {
  firstRecordInRange: number;
  offsets: number[];
  lines: number[];
  records: string[];
  columns: { cells: ([string, number] | null)[]; hasNulls: boolean; hasQuotes: boolean }[];
}

function plainEvent(event: DecodeEvent): unknown {
  if (event.kind === 'rejected') return event.records.map((record) => ({ ...record, raw: latin1(record.raw) }));
  if (event.kind !== 'batch') return event;
  return plainBatch(event.batch);
}

/** All that a batch says, as plain data. Releases it. */
export function plainBatch(batch: ColumnBatch): PlainBatch {
  const { rows, byteOffsets, records, firstRecordInRange, columns } = batch;
  if (!records) throw new TypeError('a batch without records');
  const plain = {
    firstRecordInRange,
    offsets: [...(byteOffsets ?? [])],
    lines: [...(records.lines ?? [])],
    records: Array.from({ length: rows }, (_, row) => latin1(records.source.subarray(records.starts[row], records.ends[row]))),
    columns: columns.map((column) => {
      if (column.layout !== 'cells') throw new TypeError(column.layout);
      const { source, starts, ends, quoted, validity } = column;
      const cells = Array.from({ length: rows }, (_, row) =>
        isValid(column, row) ? ([latin1(source.subarray(starts[row], ends[row])), quoted?.[row] ?? 0] as [string, number]) : null,
      );
      return { cells, hasNulls: validity !== undefined, hasQuotes: quoted !== undefined };
    }),
  };
  batch.release();
  return plain;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
