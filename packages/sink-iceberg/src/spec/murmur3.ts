const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * Murmur3 of `bytes[start, end)`: the x86 variant with 32 bits and seed 0, on which Iceberg's buckets rest.
 *
 * @returns A signed 32-bit integer.
 * @see https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements
 */
export function murmur3(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0;
  let at = start;
  for (; at + 4 <= end; at += 4)
    hash = mix(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= bytes[at]! << shift;
  return finish(hash ^ scramble(rest), end - start);
}

/** Murmur3 of a 64-bit integer in little endian, given as its low and its high 32 bits: what integers, dates and times are hashed as. */
export function murmur3Int64(low: number, high: number): number {
  return finish(mix(mix(0, low), high), 8);
}

function scramble(word: number): number {
  const product = Math.imul(word, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function mix(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let result = hash ^ length;
  result = Math.imul(result ^ (result >>> 16), 0x85ebca6b);
  result = Math.imul(result ^ (result >>> 13), 0xc2b2ae35);
  return (result ^ (result >>> 16)) | 0;
}
