import type { InputLimits } from '@calve/core/plugin';
import type { Chunk } from './chunk.ts';
import type { ChunkReader } from './chunk-reader.ts';
import { skippedLineTooLong } from './csv-limits.ts';
import type { LineEnd } from './line-end.ts';
import { afterLineEnd, detectLineEnd } from './line-end.ts';
import type { DialectOf } from './line-end-guard.ts';
import { LineEndGuard } from './line-end-guard.ts';

/** As far as univocity looks for the first line end: its read buffer. */
const LINE_END_BYTES = 1024 * 1024;
/** CR LF. */
const LINE_END_LENGTH = 2;

/** What precedes the first record. */
export interface ContentStart {
  /** `null`: the content has no line end, or none in its first MiB. */
  lineEnd: LineEnd | null;
  /** Where the first record begins in the chunk at hand. */
  position: number;
  /** Has looked at every chunk so far. */
  guard: LineEndGuard;
  /** Lines that were skipped; fewer than asked for when the content is shorter. */
  skippedLines: number;
}

/** Length of the UTF-8 byte order mark at the beginning of `bytes`: 3, or 0 without one. */
export function byteOrderMarkLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/**
 * Reads as far as it takes to know the line end and to skip the byte order mark and `skipLines` physical lines.
 *
 * @param chunks At its first chunk, or before it.
 * @param dialectOf For the message when line ends are mixed.
 * @throws {CalveError} `CSV_MIXED_LINE_ENDS`, `LIMIT_LINE` (fix-input), `CANCELLED`.
 */
export async function readContentStart(
  chunks: ChunkReader,
  skipLines: number,
  limits: Readonly<InputLimits>,
  dialectOf: DialectOf,
): Promise<ContentStart> {
  if (!chunks.chunk) await chunks.advance(0);
  let chunk = chunks.chunk as Chunk;
  let position = byteOrderMarkLength(chunk.bytes.subarray(0, chunk.length));
  let lineEnd = detectLineEnd(chunk.bytes, position, chunk.length, chunks.isFinal);
  while (lineEnd === null && !chunks.isFinal && chunk.length < LINE_END_BYTES) {
    await chunks.advance(0);
    chunk = chunks.chunk as Chunk;
    lineEnd = detectLineEnd(chunk.bytes, position, chunk.length, chunks.isFinal);
  }
  const guard = new LineEndGuard(lineEnd ?? 'LF', dialectOf);
  let skippedLines = 0;
  let lineStart = position;
  let lineStartOffset = chunks.offsetOf(position);
  while (skippedLines < skipLines && !(chunks.isFinal && position === chunk.length)) {
    const next = afterLineEnd(chunk.bytes, position, chunk.length, lineEnd ?? 'LF');
    if (chunks.textOffset + (next < 0 ? chunk.length : next) - lineStart > limits.recordBytes + LINE_END_LENGTH) {
      throw skippedLineTooLong({ line: skippedLines + 1, byteOffset: lineStartOffset }, limits);
    }
    if (next >= 0 || chunks.isFinal) {
      position = next >= 0 ? next : chunk.length;
      lineStart = chunks.textOffset + position;
      lineStartOffset = chunks.offsetOf(position);
      skippedLines += 1;
      continue;
    }
    guard.check(chunks, chunk.length);
    // The last byte stays: it may be the first half of a line end.
    await chunks.advance(Math.max(position, chunk.length - 1));
    chunk = chunks.chunk as Chunk;
    position = 0;
  }
  guard.check(chunks, position);
  return { lineEnd, position, guard, skippedLines };
}

/**
 * The same for text that begins between two records of its file.
 *
 * @param chunks Before its first chunk. @param range Where the text begins in the file, whose line end is known.
 * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input), `CANCELLED`.
 */
export async function readRangeStart(
  chunks: ChunkReader,
  { start, lineEnd }: { start: number; lineEnd: LineEnd },
  dialectOf: DialectOf,
): Promise<ContentStart> {
  chunks.textOffset = start;
  await chunks.advance(0);
  const guard = new LineEndGuard(lineEnd, dialectOf, start);
  guard.check(chunks, 0);
  return { lineEnd, position: 0, guard, skippedLines: 0 };
}
