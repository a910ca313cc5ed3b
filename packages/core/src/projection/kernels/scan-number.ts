/**
 * Finds the parts of a decimal number: `[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,n})?`. One instance is used for every
 * cell; its members describe the last number that `scan` accepted.
 */
export class NumberScan {
  negative = false;
  /** Begins with `+` or `-`. */
  signed = false;
  /** Digits before the point: `[integerStart, integerEnd)`. */
  integerStart = 0;
  integerEnd = 0;
  /** Digits after the point: `[fractionStart, fractionEnd)`. */
  fractionStart = 0;
  fractionEnd = 0;
  hasExponent = false;
  exponent = 0;
  /** All digits: before and after the point. */
  digits = 0;
  /** Zeros in front of the first other digit. */
  leadingZeros = 0;

  /** @returns False when `bytes[start, end)` is not such a number; then the members mean nothing. */
  scan(bytes: Uint8Array, start: number, end: number, exponentDigits: number): boolean {
    let at = start;
    const first = at < end ? bytes[at]! : 0;
    this.negative = first === 0x2d;
    this.signed = this.negative || first === 0x2b;
    if (this.signed) at++;
    this.integerStart = at;
    while (at < end && isDigit(bytes[at]!)) at++;
    this.integerEnd = at;
    this.fractionStart = at;
    this.fractionEnd = at;
    if (at < end && bytes[at] === 0x2e) {
      at++;
      this.fractionStart = at;
      while (at < end && isDigit(bytes[at]!)) at++;
      this.fractionEnd = at;
    }
    this.digits = this.integerEnd - this.integerStart + this.fractionEnd - this.fractionStart;
    if (this.digits === 0) return false;
    this.exponent = 0;
    this.hasExponent = at < end;
    if (at < end && !this.#scanExponent(bytes, at, end, exponentDigits)) return false;
    this.leadingZeros = 0;
    while (this.leadingZeros < this.digits && this.digit(bytes, this.leadingZeros) === 0) this.leadingZeros++;
    return true;
  }

  /** The digit at `index`, counted from the first before the point, the point left out. */
  digit(bytes: Uint8Array, index: number): number {
    const integerDigits = this.integerEnd - this.integerStart;
    return bytes[index < integerDigits ? this.integerStart + index : this.fractionStart + index - integerDigits]! - 0x30;
  }

  #scanExponent(bytes: Uint8Array, start: number, end: number, exponentDigits: number): boolean {
    let at = start;
    if ((bytes[at]! | 0x20) !== 0x65) return false;
    at++;
    const sign = at < end ? bytes[at]! : 0;
    if (sign === 0x2b || sign === 0x2d) at++;
    if (at === end || end - at > exponentDigits) return false;
    let exponent = 0;
    for (; at < end; at++) {
      if (!isDigit(bytes[at]!)) return false;
      exponent = exponent * 10 + bytes[at]! - 0x30;
    }
    this.exponent = sign === 0x2d ? -exponent : exponent;
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
