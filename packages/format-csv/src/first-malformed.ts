import type { CallContext } from '@calve/core/plugin';
import type { Chunk } from './chunk.ts';
import { ChunkReader } from './chunk-reader.ts';
import type { TextContent } from './open-text.ts';
import { findMalformedText } from './replace-malformed-text.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Of a character in UTF-8, without its last byte. */
const LONGEST_START = 3;

/**
 * Reads a content until there is a byte that is not valid UTF-8, or to its end. Memory is that of a chunk.
 *
 * @param text Not transcoded.
 * @returns Where that byte stands; `null`: all of it is valid.
 * @throws {CalveError} `CANCELLED`, or what the reader throws.
 */
export async function firstMalformed(text: TextContent, context: CallContext, chunkBytes = CHUNK_BYTES): Promise<number | null> {
  const chunks = new ChunkReader(text, context, chunkBytes);
  try {
    for (let consumed = 0; ; ) {
      await chunks.advance(consumed);
      const { bytes, length } = chunks.chunk as Chunk;
      // The last character may go on in the next chunk.
      const end = chunks.isFinal ? length : lastStart(bytes, length);
      const at = findMalformedText(bytes, 0, end);
      if (at >= 0) return chunks.offsetOf(at);
      if (chunks.isFinal) return null;
      consumed = end;
    }
  } finally {
    chunks.release();
  }
}

/** Where the last character begins, unless it is ASCII or no character: then the end. */
function lastStart(bytes: Uint8Array, length: number): number {
  for (let at = length - 1; at >= Math.max(0, length - LONGEST_START); at -= 1) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) return at;
  }
  return length;
}
