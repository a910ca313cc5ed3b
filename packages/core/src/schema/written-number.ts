/** How a file may write its numbers, besides the usual form. */
export interface NumberStyle {
  /** A number in this style. */
  written: string;
  decimal: string;
  group: string | null;
}

/** The styles that inference recognises, never chooses. */
export const numberStyles: readonly NumberStyle[] = [
  { written: '1234,5', decimal: ',', group: null },
  { written: '1.234,5', decimal: ',', group: '.' },
  { written: '1 234,5', decimal: ',', group: ' ' },
  { written: '1\u00a0234,5', decimal: ',', group: '\u00a0' },
  { written: '1\u202f234,5', decimal: ',', group: '\u202f' },
  { written: "1'234,5", decimal: ',', group: "'" },
  { written: '1,234.5', decimal: '.', group: ',' },
  { written: '1 234.5', decimal: '.', group: ' ' },
  { written: '1\u00a0234.5', decimal: '.', group: '\u00a0' },
  { written: '1\u202f234.5', decimal: '.', group: '\u202f' },
  { written: "1'234.5", decimal: '.', group: "'" },
  { written: '1\u2019234.5', decimal: '.', group: '\u2019' },
];

/** The characters between digits; `WrittenNumber.last` is an index into it. */
export const numberSeparators = ['.', ',', ' ', "'", '\u00a0', '\u202f', '\u2019'] as const;

/** Per separator: the styles that have it before the fraction, and those that have it between groups. */
const withDecimal = numberSeparators.map((separator) => stylesWhere(({ decimal }) => decimal === separator));
const withGroup = numberSeparators.map((separator) => stylesWhere(({ group }) => group === separator));
const mostDigits = 38;
const mostRuns = 16;

/** Recognises one number after another; the members describe the last one. */
export class WrittenNumber {
  /** All digits. */
  digits = 0;
  /** Digits behind the last separator. */
  behind = 0;
  /** The last separator. */
  last = 0;
  readonly #runs = new Uint8Array(mostRuns);
  readonly #separators = new Uint8Array(mostRuns);

  /**
   * Bit `i`: a column declared as `numberStyles[i]` reads this text. 0: none does, or it needs no declaration.
   *
   * Numbers with an exponent, a plus sign, a zero in front or no digit behind the last separator are passed over.
   */
  stylesOf(bytes: Uint8Array, start: number, end: number): number {
    const count = this.#split(bytes, start, end);
    // A single point stands in a number of the usual form.
    if (count === 0 || (count === 1 && this.last === 0)) return 0;
    const fraction = count === 1 || this.#isGrouped(count - 1) ? withDecimal[this.last]! : 0;
    const grouped = this.#separators[0]!;
    return (count === 1 ? fraction : fraction & withGroup[grouped]!) | (this.#isGrouped(count) ? withGroup[grouped]! : 0);
  }

  /** How many separators there are, with digits before and behind each; 0 for anything else. */
  #split(bytes: Uint8Array, start: number, end: number): number {
    let at = bytes[start] === 0x2d ? start + 1 : start;
    const first = at;
    let count = 0;
    let run = 0;
    this.digits = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte >= 0x30 && byte <= 0x39) {
        run += 1;
        at += 1;
        continue;
      }
      const separator = separatorAt(bytes, at, end);
      if (separator < 0 || run === 0 || count === mostRuns - 1) return 0;
      this.#runs[count] = Math.min(run, 255);
      this.#separators[count] = separator;
      this.digits += run;
      this.last = separator;
      count += 1;
      run = 0;
      at += separator < 4 ? 1 : separator === 4 ? 2 : 3;
    }
    this.#runs[count] = Math.min(run, 255);
    this.behind = run;
    this.digits += run;
    if (count === 0 || run === 0 || this.digits > mostDigits) return 0;
    return bytes[first] === 0x30 && this.#runs[0]! > 1 ? 0 : count;
  }

  /** The first `count` separators are alike and divide groups of three digits, the first one to three. */
  #isGrouped(count: number): boolean {
    if (this.#runs[0]! > 3) return false;
    for (let index = 0; index < count; index++) {
      if (this.#separators[index] !== this.#separators[0] || this.#runs[index + 1] !== 3) return false;
    }
    return true;
  }
}

function stylesWhere(matches: (style: NumberStyle) => boolean): number {
  return numberStyles.reduce((styles, style, index) => (matches(style) ? styles | (1 << index) : styles), 0);
}

/** An index into `numberSeparators`, -1 for another character. */
function separatorAt(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!;
  if (byte < 0x80) return byte === 0x2e ? 0 : byte === 0x2c ? 1 : byte === 0x20 ? 2 : byte === 0x27 ? 3 : -1;
  if (byte === 0xc2) return at + 1 < end && bytes[at + 1] === 0xa0 ? 4 : -1;
  if (byte !== 0xe2 || at + 2 >= end || bytes[at + 1] !== 0x80) return -1;
  return bytes[at + 2] === 0xaf ? 5 : bytes[at + 2] === 0x99 ? 6 : -1;
}
