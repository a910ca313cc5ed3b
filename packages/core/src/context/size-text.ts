const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'];

/**
 * A number of bytes in people's words: `5 GiB`, `1.5 MiB`, `1,001 bytes`. A limit, which is usually a round number, is told as such; a number
 * that is not is told to the byte up to 1 MiB, and in MiB or GiB with one digit above.
 */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && value >= 1024 && (Number.isInteger(value / 1024) || bytes > 2 ** 20)) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${UNITS[unit]}`;
}
