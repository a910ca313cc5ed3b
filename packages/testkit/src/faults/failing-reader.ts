import { type ByteReader, CalveError } from '@calve/core/plugin';

/**
 * The same content up to `at`: a read that would reach further throws.
 *
 * @param at Offset in bytes. 0: every read fails.
 * @param error Default `SOURCE_UNAVAILABLE` (retry).
 */
export function failingReader(
  reader: ByteReader,
  at: number,
  error: CalveError = new CalveError('SOURCE_UNAVAILABLE', `The storage failed at byte ${at}, as a test wants it.`, {
    recovery: 'retry',
  }),
): ByteReader {
  return {
    sizeBytes: reader.sizeBytes,
    read(target, offset) {
      if (offset + target.length <= at) return reader.read(target, offset);
      // What comes as a Promise fails as one, as a request does.
      const before = reader.read(target.subarray(0, Math.max(0, at - offset)), offset);
      if (typeof before === 'number') throw error;
      return before.then(() => Promise.reject(error));
    },
    verify: () => reader.verify(),
    close: () => reader.close(),
  };
}
