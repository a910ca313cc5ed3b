import type { ByteReader } from '@calve/core/plugin';
import { bytesOf } from './read-file.ts';

/** A file of any size that takes no memory: a beginning, one text over and over, and an end. */
export function lazyReader(start: string, again: string, sizeBytes: number, end = ''): ByteReader & { readBytes: number } {
  const head = bytesOf(start);
  const tail = bytesOf(end);
  const piece = bytesOf(again);
  const middle = bytesOf(again.repeat(Math.max(1, Math.ceil(65_536 / piece.length))));
  const bodyBytes = Math.floor((sizeBytes - head.length - tail.length) / piece.length) * piece.length;
  const total = head.length + bodyBytes + tail.length;
  const put = (target: Uint8Array, offset: number): number => {
    if (offset < head.length) return copy(head, offset, head.length, target);
    const inBody = offset - head.length;
    if (inBody < bodyBytes) {
      const phase = inBody % piece.length;
      return copy(middle, phase, Math.min(middle.length, phase + bodyBytes - inBody), target);
    }
    return copy(tail, inBody - bodyBytes, tail.length, target);
  };
  return {
    sizeBytes: total,
    readBytes: 0,
    read(target, offset) {
      let filled = 0;
      while (filled < target.length && offset + filled < total) filled += put(target.subarray(filled), offset + filled);
      this.readBytes += filled;
      return filled;
    },
    verify: async () => {},
    close: async () => {},
  };
}

function copy(source: Uint8Array, from: number, to: number, target: Uint8Array): number {
  const part = source.subarray(from, Math.min(to, from + target.length));
  target.set(part);
  return part.length;
}
