import { freeBuffer } from '../../columns/free-buffer.ts';

/**
 * Gives the memory of what `node:zlib` made back at once. V8 goes through its whole heap for every 16 MiB of such outputs that are left to the
 * collector, which costs as much as a third of making them.
 *
 * @param output Whole, and not used any more: empty afterwards. A small one lies in memory that others use too, and is left alone.
 */
export function dropOutput(output: Uint8Array): void {
  if (output.buffer.byteLength > Buffer.poolSize) freeBuffer(output);
}
