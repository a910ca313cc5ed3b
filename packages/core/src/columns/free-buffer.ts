/**
 * Gives the memory behind bytes back at once, all of its buffer: views of it are empty afterwards. Where the platform cannot, it is collected.
 *
 * @param bytes Nobody uses them any more, nor anything else in their buffer: they are of no arena and of no pool, which others use too.
 */
export function freeBuffer({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && typeof buffer.transferToFixedLength === 'function') buffer.transferToFixedLength(0);
}
