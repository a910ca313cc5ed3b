import type { ByteReader } from '../../../../source/byte-reader.ts';
import { READ_BYTES } from '../decode-messages.ts';
import type { Needs } from './needs.ts';

// The host opened the file: it verifies and closes it.
const OPENED_BY_HOST = { verify: async () => {}, close: async () => {} };

/** The host's reader, seen from the decode process. Reads what the decoder asks for and nothing else, as part of a file is all that is wanted. */
export function exactReader(sizeBytes: number, needs: Needs): ByteReader {
  return {
    ...OPENED_BY_HOST,
    sizeBytes,
    async read(target, offset) {
      let filled = 0;
      while (filled < target.length) {
        const wanted = Math.min(READ_BYTES, target.length - filled);
        const bytes = await needs.read(offset + filled, wanted);
        target.set(bytes, filled);
        filled += bytes.length;
        if (bytes.length < wanted) break;
      }
      return filled;
    },
  };
}

/** The same for a file that is read from front to back: in blocks, one ahead of the decoder, so that host and process work at the same time. */
export function blockReader(sizeBytes: number, needs: Needs): ByteReader {
  /** The block that the last read ended in, and the one behind it. */
  const blocks = new Map<number, Uint8Array | Promise<Uint8Array>>();

  const request = (index: number): Uint8Array | Promise<Uint8Array> => {
    const known = blocks.get(index);
    if (known) return known;
    const coming = needs.read(index * READ_BYTES, Math.min(READ_BYTES, sizeBytes - index * READ_BYTES)).then((bytes) => {
      if (blocks.get(index) === coming) blocks.set(index, bytes);
      return bytes;
    });
    // Told to whoever reads it; a block that nobody reads may fail unheard.
    coming.catch(() => {});
    blocks.set(index, coming);
    return coming;
  };

  const fill = (target: Uint8Array, offset: number, already: number): number | Promise<number> => {
    let filled = already;
    while (filled < target.length && offset + filled < sizeBytes) {
      const position = offset + filled;
      const index = Math.floor(position / READ_BYTES);
      for (const kept of blocks.keys()) if (kept !== index && kept !== index + 1) blocks.delete(kept);
      const block = request(index);
      if ((index + 1) * READ_BYTES < sizeBytes) void request(index + 1);
      if (block instanceof Promise) return block.then(() => fill(target, offset, filled));
      const bytes = block.subarray(position - index * READ_BYTES, position - index * READ_BYTES + target.length - filled);
      if (bytes.length === 0) break;
      target.set(bytes, filled);
      filled += bytes.length;
    }
    return filled;
  };

  return { ...OPENED_BY_HOST, sizeBytes, read: (target, offset) => fill(target, offset, 0) };
}
