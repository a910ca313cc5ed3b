import { packTokens } from './packed-tokens.ts';

const encoder = new TextEncoder();

/** A few texts, compared with cells byte by byte. */
export class TextTokens {
  readonly #tokens: readonly Uint8Array[];
  /** Bytes of the longest; -1 without any. */
  readonly longest: number;
  /** For compiled kernels; null when they leave the comparison to this class. */
  readonly packed: Uint8Array | null;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens.map((token) => encoder.encode(token));
    this.longest = this.#tokens.reduce((longest, token) => Math.max(longest, token.length), -1);
    this.packed = packTokens(this.#tokens);
  }

  /** `null` for an empty list, so that callers can skip the comparison. */
  static of(tokens: readonly string[]): TextTokens | null {
    return tokens.length === 0 ? null : new TextTokens(tokens);
  }

  /** True when `bytes[start, end)` is exactly one of the texts. */
  has(bytes: Uint8Array, start: number, end: number): boolean {
    return this.indexOf(bytes, start, end) >= 0;
  }

  /** Which of the texts `bytes[start, end)` is, -1 for none. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > this.longest) return -1;
    const tokens = this.#tokens;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if (token.length !== length) continue;
      let at = 0;
      while (at < length && token[at] === bytes[start + at]) at++;
      if (at === length) return index;
    }
    return -1;
  }
}
