import type { ByteRange, ByteReader, CallContext } from '@calve/core/plugin';
import { throwIfAborted } from '@calve/core/plugin';
import { LINE_FEED } from './byte-classes.ts';
import { BytePool } from './byte-pool.ts';
import { RowMemory } from './cell-rows.ts';
import type { Chunk } from './chunk-pool.ts';
import { ChunkPool } from './chunk-pool.ts';
import type { ShapeCollector } from './collect-shapes.ts';
import type { JsonFindings } from './json-findings.ts';
import { JsonTokenizer } from './json-tokenizer.ts';
import { LineFramer } from './line-framer.ts';
import { type Place, recordPlace } from './place.ts';
import { RecordParser } from './record-parser.ts';

/**
 * Reads parts of an uncompressed file with one record per line, one after the other, and looks at the records that are complete in them: a
 * line end is never part of a record, so records begin behind one. Memory is that of the largest part, twice.
 *
 * @param reader Of known size.
 * @returns Bytes that were read. A part without a line end tells nothing.
 * @throws {CalveError} `LIMIT_COLUMNS`, `LIMIT_NAME` (fix-input), `CANCELLED`, or what the reader throws.
 */
export async function observeParts(
  reader: ByteReader,
  parts: readonly ByteRange[],
  shapes: ShapeCollector,
  findings: JsonFindings,
  context: CallContext,
): Promise<number> {
  const pool = new BytePool();
  const chunks = new ChunkPool(context, pool);
  const record = recordPlace([], new RowMemory(pool));
  let readBytes = 0;
  try {
    for (const { from, to } of parts) {
      throwIfAborted(context.signal);
      const chunk = await chunks.take(to - from);
      try {
        await fillPart(chunk, reader, from, to);
        addRecords(chunk, from, to === reader.sizeBytes, record, shapes, findings, context);
        readBytes += chunk.length;
      } finally {
        chunk.memory.release();
      }
    }
    return readBytes;
  } finally {
    record.close();
    pool.close();
  }
}

async function fillPart(chunk: Chunk, reader: ByteReader, from: number, to: number): Promise<void> {
  const size = to - from;
  while (chunk.length < size) {
    const answer = reader.read(chunk.bytes.subarray(chunk.length, size), from + chunk.length);
    const got = typeof answer === 'number' ? answer : await answer;
    if (got === 0) break;
    chunk.length += got;
  }
  chunk.bytes[chunk.length] = 0;
}

function addRecords(
  { bytes, length }: Chunk,
  byteOffset: number,
  isFinal: boolean,
  record: Place,
  shapes: ShapeCollector,
  findings: JsonFindings,
  { limits }: CallContext,
): void {
  const tokens = new JsonTokenizer(true);
  const parser = new RecordParser(record, tokens, null, limits.cellBytes);
  const framer = new LineFramer(tokens, parser);
  tokens.attach(bytes, length, isFinal);
  parser.attach();
  let at = bytes.subarray(0, length).indexOf(LINE_FEED) + 1;
  while (at > 0) {
    const outcome = framer.read(at, 0);
    if (outcome !== 'record' && outcome !== 'rejected' && outcome !== 'blank') return;
    // Who begins in the middle counts neither records nor lines.
    const position = { unit: '', byteOffset: byteOffset + framer.start };
    if (outcome === 'record') {
      parser.undo(0);
      shapes.add({ bytes, byteOffset, start: framer.valueStart, end: framer.end, position });
      if (framer.ignoredAt >= 0) findings.ignoredText({ unit: '', byteOffset: byteOffset + framer.ignoredAt });
    }
    at = framer.next;
  }
}
