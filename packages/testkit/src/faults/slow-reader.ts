import type { ByteReader } from '@calve/core/plugin';

/**
 * The same content, fetched five bytes at a time from `reader`, each time after a turn of the event loop: whatever a consumer keeps between
 * two reads is then tried. The contract still holds, so a read is short only at the end.
 *
 * @param pieceBytes Default 5.
 */
export function slowReader(reader: ByteReader, pieceBytes = 5): ByteReader {
  return {
    sizeBytes: reader.sizeBytes,
    async read(target, offset) {
      for (let filled = 0; filled < target.length; ) {
        await new Promise((resolve) => setImmediate(resolve));
        const piece = target.subarray(filled, filled + pieceBytes);
        const bytes = await reader.read(piece, offset + filled);
        filled += bytes;
        if (bytes < piece.length) return filled;
      }
      return target.length;
    },
    verify: () => reader.verify(),
    close: () => reader.close(),
  };
}
