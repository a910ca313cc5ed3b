const LOOKED_AT_BYTES = 4096;
const LEAST_UNITS = 8;
/** Digits, delimiters and line ends alone are more than this, whatever the language. */
const LEAST_SHARE = 0.2;
const MOST_OTHERS = 0.01;

/**
 * Which half of most pairs of bytes is NUL in the first 4 KiB, while the other one hardly ever is, as in text in UTF-16; `null` when that is no
 * rule. Pure.
 */
export function orderOfNulBytes(content: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const head = content.subarray(0, LOOKED_AT_BYTES);
  const units = head.length >> 1;
  if (units < LEAST_UNITS || !head.includes(0)) return null;
  let first = 0;
  let second = 0;
  for (let unit = 0; unit < units; unit += 1) {
    if (head[unit * 2] === 0) first += 1;
    if (head[unit * 2 + 1] === 0) second += 1;
  }
  const isRule = (many: number, few: number): boolean => many >= units * LEAST_SHARE && few <= units * MOST_OTHERS;
  if (isRule(second, first)) return 'utf-16le';
  return isRule(first, second) ? 'utf-16be' : null;
}
