import { CalveError, giveBytesBack, takeBytes } from '@calve/core/plugin';

const LARGEST = 0x7fff_ffff;
// Kernels gain nothing on few rows, and many partitions that wait would leave the arena in crumbs.
const SMALLEST_IN_ARENA = 4096;
const LARGE = 256 * 1024;

/**
 * Memory of a column with room for at least `needed` bytes and the same content; never more than 2 GiB, which is what offsets can address. What
 * is large lies in the arena as long as there is room.
 *
 * @param bytes Must not be used any more. @param used As much of it as means something.
 * @throws {CalveError} `ICEBERG_ROWS_TOO_LARGE`.
 */
export function grown(bytes: Uint8Array<ArrayBuffer>, used: number, needed: number): Uint8Array<ArrayBuffer> {
  if (needed > LARGEST)
    throw new CalveError(
      'ICEBERG_ROWS_TOO_LARGE',
      'The rows of one batch hold more than 2 GiB in one column; make the batches smaller.',
      { recovery: 'report', context: { bytes: needed } },
    );
  const room = Math.min(LARGEST, (Math.max(needed, bytes.length * growth(bytes.length), 64) + 63) & -64);
  const larger = room < SMALLEST_IN_ARENA ? new Uint8Array(room) : takeBytes(room);
  larger.set(bytes.subarray(0, used));
  giveBytesBack(bytes);
  return larger;
}

/** Large columns take less at a time: what they do not fill is lost to the others of the arena. Still less would cost more copying than it saves. */
function growth(length: number): number {
  return length < LARGE ? 2 : 1.5;
}

/** The same for offsets. @param used So many of them mean something. @param needed So many have to fit. */
export function grownOffsets(offsets: Int32Array<ArrayBuffer>, used: number, needed: number): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = offsets;
  const larger = grown(new Uint8Array(buffer, byteOffset, byteLength), used * 4, needed * 4);
  return new Int32Array(larger.buffer, larger.byteOffset, larger.length >> 2);
}
