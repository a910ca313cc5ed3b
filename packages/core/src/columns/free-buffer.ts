/** Gives the memory behind bytes back at once, all of its buffer: nobody uses it any more. Where the platform cannot, it is collected. */
export function freeBuffer({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && typeof buffer.transfer === 'function') buffer.transfer(0);
}
