import type { SpecialNumber, TextParse } from '../projection.ts';
import { TextTokens } from './text-tokens.ts';

const usual: Record<SpecialNumber, SpecialNumber> = { NaN: 'NaN', Infinity: 'Infinity', '-Infinity': '-Infinity' };

/** Texts that stand for NaN and the infinities, compared exactly. */
export class SpecialNumbers extends TextTokens {
  /** What the text at each index stands for. */
  readonly values: readonly number[];
  /** True when one of the texts begins as numbers do. */
  readonly hasNumber: boolean;

  private constructor(texts: Readonly<Record<string, SpecialNumber>>) {
    super(Object.keys(texts));
    this.values = Object.values(texts).map(Number);
    this.hasNumber = Object.keys(texts).some((text) => /^[-+]?[0-9.]/.test(text));
  }

  /** `null` when there are none. */
  static from(special: TextParse['special']): SpecialNumbers | null {
    if (special === undefined || special === false) return null;
    const texts = special === true ? usual : special;
    return Object.keys(texts).length === 0 ? null : new SpecialNumbers(texts);
  }
}
