/** Marks at the beginning of a content, as hexadecimal digits; the longer ones first, since that of UTF-32 begins with that of UTF-16. */
const MARKS: readonly (readonly [string, WideEncoding])[] = [
  ['fffe0000', 'utf-32'],
  ['0000feff', 'utf-32'],
  ['fffe', 'utf-16'],
  ['feff', 'utf-16'],
];

/** `utf-16` and `utf-32`: with a byte order mark, which says the order. */
export type WideEncoding = 'utf-16' | 'utf-32' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

/**
 * The encoding of JSON that is not in UTF-8, by its byte order mark or by where NUL bytes stand among its first four: JSON begins with two ASCII
 * characters and has no NUL bytes. Pure.
 *
 * @returns `null`: it is UTF-8, or no JSON.
 * @see https://www.rfc-editor.org/rfc/rfc4627#section-3
 */
export function wideEncodingOf(head: Uint8Array): WideEncoding | null {
  const first = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const mark = MARKS.find(([bytes]) => first.startsWith(bytes));
  if (mark) return mark[1];
  if (head.length < 4) return null;
  const zeros = Array.from(head.subarray(0, 4), (byte) => (byte === 0 ? '0' : 'x')).join('');
  const orders: Readonly<Record<string, WideEncoding>> = {
    x0x0: 'utf-16le',
    '0x0x': 'utf-16be',
    x000: 'utf-32le',
    '000x': 'utf-32be',
  };
  return orders[zeros] ?? null;
}
