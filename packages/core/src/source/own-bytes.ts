import type { ByteReader } from './byte-reader.ts';

/** A reader of bytes that are our own: nobody changes them, and there is nothing to close. */
export function bytesOf(content: Uint8Array): ByteReader {
  return {
    sizeBytes: content.length,
    read(target, offset) {
      const part = content.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
    verify: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
