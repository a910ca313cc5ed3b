/** What Node has for it is native: many times as fast as a loop. `undefined`: there is no Node, as in a browser. */
const native = globalThis.process?.getBuiltinModule?.('node:buffer');

/** Below it a loop is done before the call is made. */
const FEWEST_BYTES = 256;

/** All of a text is valid UTF-8, and there are characters beyond ASCII, or there are none. */
export type CheckedText = 'ascii' | 'valid';

/** What the platform can tell of `bytes[from, to)` at once; `null`: it is no UTF-8, it is short, or the platform tells nothing. */
export function checkedText(bytes: Uint8Array, from: number, to: number): CheckedText | null {
  if (native === undefined || to - from < FEWEST_BYTES) return null;
  const text = bytes.subarray(from, to);
  if (native.isAscii(text)) return 'ascii';
  return native.isUtf8(text) ? 'valid' : null;
}
