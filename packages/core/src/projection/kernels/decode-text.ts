import { hexDigit } from './hex-digit.ts';

/** How a text stands for bytes: RFC 4648 base64 with its padding, two hexadecimal digits per byte, or its own UTF-8 bytes. */
export type BytesEncoding = 'base64' | 'hex' | 'utf-8';

const padding = 0x3d;

/** How many bytes `text[start, end)` stands for, -1 when its length is impossible. */
export function decodedLength(encoding: BytesEncoding, text: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (encoding === 'utf-8') return length;
  if (encoding === 'hex') return length % 2 === 0 ? length / 2 : -1;
  if (length % 4 !== 0) return -1;
  const padded = length === 0 || text[end - 1] !== padding ? 0 : text[end - 2] === padding ? 2 : 1;
  return (length / 4) * 3 - padded;
}

/**
 * Writes the bytes that `text[start, end)` stands for from `into[at]` on; there is room for `decodedLength` of them.
 *
 * @returns False when a character has no place in the encoding; some bytes may be written then.
 */
export function decodeText(
  encoding: BytesEncoding,
  text: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): boolean {
  if (encoding === 'hex') return decodeHex(text, start, end, into, at);
  if (encoding === 'base64') return decodeBase64(text, start, end, into, at);
  into.set(text.subarray(start, end), at);
  return true;
}

function decodeHex(text: Uint8Array, start: number, end: number, into: Uint8Array, to: number): boolean {
  let target = to;
  for (let at = start; at < end; at += 2) {
    const high = hexDigit(text[at]!);
    const low = hexDigit(text[at + 1]!);
    if (high < 0 || low < 0) return false;
    into[target++] = high * 16 + low;
  }
  return true;
}

function decodeBase64(text: Uint8Array, start: number, end: number, into: Uint8Array, to: number): boolean {
  let target = to;
  for (let at = start; at < end; at += 4) {
    const isLast = at + 4 === end;
    const a = base64Digit(text[at]!);
    const b = base64Digit(text[at + 1]!);
    const third = text[at + 2]!;
    const fourth = text[at + 3]!;
    const c = isLast && third === padding && fourth === padding ? 0 : base64Digit(third);
    const d = isLast && fourth === padding ? 0 : base64Digit(fourth);
    if (a < 0 || b < 0 || c < 0 || d < 0) return false;
    into[target++] = a * 4 + (b >> 4);
    if (!isLast || third !== padding) into[target++] = (b & 15) * 16 + (c >> 2);
    if (!isLast || fourth !== padding) into[target++] = (c & 3) * 64 + d;
  }
  return true;
}

function base64Digit(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x47;
  if (byte >= 0x30 && byte <= 0x39) return byte + 4;
  return byte === 0x2b ? 62 : byte === 0x2f ? 63 : -1;
}
