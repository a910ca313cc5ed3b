/** The part of Node's `Buffer` that is used where there is one. */
interface NativeBuffer {
  from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer>;
  from(buffer: ArrayBufferLike, byteOffset: number, length: number): Uint8Array;
}

/** What Node does natively takes no time, and a loop that runs once runs slowly. `undefined`: there is no Node, as in a browser. */
export const { Buffer: NodeBuffer } = globalThis as { Buffer?: NativeBuffer };
