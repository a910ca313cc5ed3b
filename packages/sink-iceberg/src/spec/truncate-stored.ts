/**
 * Rounds an integer down to a multiple of `width`, in place: `v - (((v % W) + W) % W)`. A decimal is its unscaled value.
 *
 * @param bytes 4, 8 or 16 bytes, two's complement, little endian. A result below the smallest value wraps, as in Java.
 */
export function truncateStored(bytes: Uint8Array, width: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) {
    const value = view.getInt32(0, true);
    view.setInt32(0, value - (((value % width) + width) % width), true);
    return;
  }
  const low = view.getBigUint64(0, true);
  const value = bytes.length === 8 ? BigInt.asIntN(64, low) : (view.getBigInt64(8, true) << 64n) | low;
  const modulus = BigInt(width);
  const truncated = value - (((value % modulus) + modulus) % modulus);
  view.setBigUint64(0, BigInt.asUintN(64, truncated), true);
  if (bytes.length === 16) view.setBigUint64(8, BigInt.asUintN(64, truncated >> 64n), true);
}
