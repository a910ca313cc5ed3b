/** What windows-1252 has where ISO-8859-1 has control characters, from 0x80 on. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/**
 * The 256 characters of a single-byte encoding. Those of ISO-8859-1 are its own, since the platform takes that name for windows-1252; those of
 * windows-1252 too, since some platforms take that one for ISO-8859-1. A byte that means nothing gives U+FFFD.
 *
 * @param encoding A single-byte one of the list.
 * @throws {RangeError} the platform does not know it.
 * @see https://encoding.spec.whatwg.org/#single-byte-decoder
 */
export function singleByteTable(encoding: string): string[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  if (encoding === 'iso-8859-1') return bytes.map((byte) => String.fromCharCode(byte));
  if (encoding === 'windows-1252') {
    return bytes.map((byte) => (byte >= 0x80 && byte < 0xa0 ? (WINDOWS_1252[byte - 0x80] as string) : String.fromCharCode(byte)));
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return bytes.map((byte) => decoder.decode(Uint8Array.of(byte)));
}
