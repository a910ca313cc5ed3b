import type { ByteReader } from './byte-reader.ts';

/**
 * Some consecutive bytes of a reader as a reader of its own; offset 0 is `start`.
 *
 * @param reader Stays open. @param end Behind the last byte, at most its size.
 */
export function windowReader(reader: ByteReader, start: number, end: number): ByteReader {
  const sizeBytes = end - start;
  return {
    sizeBytes,
    read: (target, offset) => {
      const most = Math.max(0, sizeBytes - offset);
      return reader.read(target.length > most ? target.subarray(0, most) : target, start + offset);
    },
    verify: () => reader.verify(),
    close: async () => {},
  };
}
