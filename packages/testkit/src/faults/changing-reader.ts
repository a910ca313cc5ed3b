import { type ByteReader, CalveError } from '@calve/core/plugin';

/**
 * An object that somebody rewrites while it is read: from `at` on its bytes are others, and `verify` says so.
 *
 * @param at Offset in bytes.
 */
export function changingReader(reader: ByteReader, at: number): ByteReader {
  let hasChanged = false;
  const change = (target: Uint8Array, offset: number, count: number): number => {
    for (let index = Math.max(0, at - offset); index < count; index++) {
      target[index] = target[index]! ^ 0x55;
      hasChanged = true;
    }
    return count;
  };
  return {
    sizeBytes: reader.sizeBytes,
    read(target, offset) {
      const count = reader.read(target, offset);
      return typeof count === 'number' ? change(target, offset, count) : count.then((bytes) => change(target, offset, bytes));
    },
    async verify() {
      if (hasChanged)
        throw new CalveError('OBJECT_CHANGED', 'The object was rewritten, as a test wants it.', { recovery: 'replan' });
      await reader.verify();
    },
    close: () => reader.close(),
  };
}
