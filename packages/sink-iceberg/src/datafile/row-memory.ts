/**
 * Where the values of rows that are read go. What memory holds at first means nothing. Rows that are borrowed go to `ArenaPieces`, whose memory the next
 * rows use again.
 */
export interface RowMemory {
  take(bytes: number): Uint8Array<ArrayBuffer>;
}

/** Memory that whoever holds the rows keeps as long as he likes. */
export const KEPT_MEMORY: RowMemory = { take: (bytes) => new Uint8Array(bytes) };

/** `count` numbers of 32 bits, whatever they are. */
export function takeInt32(memory: RowMemory, count: number): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset } = memory.take(count * 4);
  return new Int32Array(buffer, byteOffset, count);
}

/** As many bits, none of them set. */
export function takeBits(memory: RowMemory, count: number): Uint8Array<ArrayBuffer> {
  return memory.take((count + 7) >> 3).fill(0);
}
