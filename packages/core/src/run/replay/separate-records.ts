import type { ColumnBatch } from '../../columns/column-batch.ts';
import type { CallContext } from '../../context/call-context.ts';
import type { DecodeEvent, DecodeRequest, RejectedRecord } from '../../format/decode-event.ts';
import type { Decoder } from '../../format/format.ts';
import type { ReaderPlan } from '../../format/reader-plan.ts';
import { bytesOf } from '../../source/own-bytes.ts';
import type { StoredRejection } from './read-rejected.ts';

const REQUEST: DecodeRequest = { columns: 'all', maxRows: 16_384, maxBytes: 1 << 20 };
const LINE_FEED = 0x0a;

/** How separate records become batches again. */
export interface RecordDecoding {
  decoder: Decoder;
  /** As `recordReader` gives it. */
  reader: ReaderPlan;
  context: CallContext;
  /** Each record has to keep its number in the file: then every one of them is a batch of its own. */
  keepsNumbers: boolean;
}

/**
 * Decodes rejected records, each as if it stood alone: whatever is wrong with one (a quote that never closes), it takes nothing of the next. Batches and
 * rejected records say where each stood in its file. A record that is not exactly one record to the decoder is rejected again, with its old codes.
 *
 * @param rejections Their records together fit into memory.
 */
export async function* decodeSeparately(
  rejections: readonly StoredRejection[],
  decoding: RecordDecoding,
): AsyncGenerator<DecodeEvent> {
  if (!decoding.keepsNumbers && (await standApart(rejections, decoding))) {
    yield* decodeTogether(rejections, decoding);
    return;
  }
  for (const rejection of rejections) {
    if (await standApart([rejection], decoding)) yield* decodeTogether([rejection], decoding);
    else yield { kind: 'rejected', records: [asBefore(rejection)] };
  }
}

/** The record as it was rejected, to be rejected again. */
export function asBefore(rejection: StoredRejection): RejectedRecord {
  const { codes, raw, truncated, byteOffset, line, record } = rejection;
  const position = {
    unit: '',
    ...(byteOffset === undefined ? {} : { byteOffset }),
    ...(line === undefined ? {} : { line }),
    ...(record === undefined ? {} : { record }),
  };
  return { position, codes, columns: [], raw, truncated };
}

/** True when the decoder finds each record where it begins, and nothing else. */
async function standApart(rejections: readonly StoredRejection[], decoding: RecordDecoding): Promise<boolean> {
  const { content, starts } = joined(rejections);
  let found = 0;
  let isApart = true;
  const see = (offset: number | undefined): void => {
    isApart &&= offset === starts[found];
    found += 1;
  };
  for await (const event of eventsOf(content, decoding)) {
    if (event.kind === 'batch') {
      const { rows, byteOffsets } = event.batch;
      for (let row = 0; row < rows; row += 1) see(byteOffsets?.[row]);
      event.batch.release();
    } else if (event.kind === 'rejected') for (const { position } of event.records) see(position.byteOffset);
  }
  return isApart && found === rejections.length;
}

async function* decodeTogether(rejections: readonly StoredRejection[], decoding: RecordDecoding): AsyncGenerator<DecodeEvent> {
  const { content } = joined(rejections);
  let next = 0;
  for await (const event of eventsOf(content, decoding)) {
    if (event.kind === 'batch') {
      const batch = inItsPlace(event.batch, rejections.slice(next, next + event.batch.rows));
      next += event.batch.rows;
      yield { kind: 'batch', batch };
    } else if (event.kind === 'rejected') {
      const records = event.records.map((record, index) => {
        const before = rejections[next + index];
        return before ? { ...record, position: asBefore(before).position } : record;
      });
      next += records.length;
      yield { kind: 'rejected', records };
    }
  }
}

function eventsOf(content: Uint8Array, { decoder, reader, context }: RecordDecoding): AsyncIterable<DecodeEvent> {
  return decoder.decode(bytesOf(content), reader, { kind: 'whole' }, REQUEST, context);
}

function joined(rejections: readonly StoredRejection[]): { content: Uint8Array; starts: number[] } {
  const bytes = rejections.reduce((sum, { raw }) => sum + raw.length + 1, 0);
  const content = new Uint8Array(bytes);
  const starts: number[] = [];
  let at = 0;
  for (const { raw } of rejections) {
    starts.push(at);
    content.set(raw, at);
    at += raw.length;
    content[at] = LINE_FEED;
    at += 1;
  }
  return { content, starts };
}

/** The batch with the places of its rows in their file, which rows that are rejected again tell. */
function inItsPlace(batch: ColumnBatch, rejections: readonly StoredRejection[]): ColumnBatch {
  const { byteOffsets, records, ...rest } = batch;
  const offsets = rejections.map(({ byteOffset }) => byteOffset);
  const lines = rejections.map(({ line }) => line);
  const { lines: _lines, ...bytes } = records ?? {};
  return {
    ...rest,
    firstRecordInRange: (rejections[0]?.record ?? 1) - 1,
    ...(offsets.includes(undefined) ? {} : { byteOffsets: Float64Array.from(offsets as number[]) }),
    ...(records && {
      records: {
        ...(bytes as typeof records),
        ...(lines.includes(undefined) ? {} : { lines: Float64Array.from(lines as number[]) }),
      },
    }),
  };
}
