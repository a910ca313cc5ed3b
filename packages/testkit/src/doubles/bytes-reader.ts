import type { ByteReader } from '@calve/core/plugin';

/** A `ByteReader` over bytes in memory that remembers what was done with it. */
export interface BytesReader extends ByteReader {
  /** Bytes handed out so far, repeated reads included. */
  readonly readBytes: number;
  readonly closes: number;
  readonly verifies: number;
}

/**
 * Reads bytes in memory.
 *
 * @param options.maxRead Most bytes that one `read` gives. The contract lets a reader give fewer bytes than asked only at the end;
 *   who loops until 0 bytes come is right with any reader, and small values show who does not.
 * @param options.isAsync True: every `read` answers with a Promise. Default: a plain number, as local files do.
 */
export function bytesReader(content: Uint8Array, options: { maxRead?: number; isAsync?: boolean } = {}): BytesReader {
  const { maxRead = Number.POSITIVE_INFINITY, isAsync = false } = options;
  const counts = { readBytes: 0, closes: 0, verifies: 0 };
  return {
    sizeBytes: content.length,
    read(target, offset) {
      const piece = content.subarray(offset, offset + Math.min(target.length, maxRead));
      target.set(piece);
      counts.readBytes += piece.length;
      return isAsync ? Promise.resolve(piece.length) : piece.length;
    },
    verify: async () => {
      counts.verifies += 1;
    },
    close: async () => {
      counts.closes += 1;
    },
    get readBytes() {
      return counts.readBytes;
    },
    get closes() {
      return counts.closes;
    },
    get verifies() {
      return counts.verifies;
    },
  };
}
