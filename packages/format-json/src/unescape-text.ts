import { BACKSLASH, HEX, UNESCAPED, UNICODE } from './byte-classes.ts';

const QUESTION_MARK = 0x3f;
/** Length of `\uXXXX`. */
const UNICODE_ESCAPE = 6;

/** What was written, and what could not be. */
export class UnescapedText {
  /** Behind the last byte that was written. */
  end = 0;
  /** Halves of a surrogate pair without the other half; each became `?`, as in Spark. */
  loneSurrogates = 0;

  /**
   * Writes the text of a string without its escapes to `target` from `at` on: never more bytes than there were.
   *
   * @param bytes Holds the string in `[start, end)`, quotes excluded, which was scanned and found in order.
   */
  write(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): this {
    let to = at;
    this.loneSurrogates = 0;
    for (let from = start; from < end; ) {
      const byte = bytes[from] as number;
      if (byte !== BACKSLASH) {
        target[to++] = byte;
        from += 1;
        continue;
      }
      const kind = bytes[from + 1] as number;
      if (kind !== UNICODE) {
        target[to++] = UNESCAPED[kind] as number;
        from += 2;
        continue;
      }
      let code = codeUnit(bytes, from + 2);
      from += UNICODE_ESCAPE;
      if (code >= 0xd800 && code <= 0xdfff) {
        const low = code < 0xdc00 && from + UNICODE_ESCAPE <= end ? lowSurrogate(bytes, from) : 0;
        if (low > 0) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          from += UNICODE_ESCAPE;
        } else {
          code = QUESTION_MARK;
          this.loneSurrogates += 1;
        }
      }
      to = writeCodePoint(code, target, to);
    }
    this.end = to;
    return this;
  }
}

/** The escaped low surrogate at `at`, or 0. */
function lowSurrogate(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH || bytes[at + 1] !== UNICODE) return 0;
  const code = codeUnit(bytes, at + 2);
  return code >= 0xdc00 && code <= 0xdfff ? code : 0;
}

function codeUnit(bytes: Uint8Array, at: number): number {
  const digit = (index: number): number => HEX[bytes[at + index] as number] as number;
  return (digit(0) << 12) | (digit(1) << 8) | (digit(2) << 4) | digit(3);
}

function writeCodePoint(code: number, target: Uint8Array, at: number): number {
  let to = at;
  if (code < 0x80) target[to++] = code;
  else if (code < 0x800) {
    target[to++] = 0xc0 | (code >> 6);
    target[to++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    target[to++] = 0xe0 | (code >> 12);
    target[to++] = 0x80 | ((code >> 6) & 0x3f);
    target[to++] = 0x80 | (code & 0x3f);
  } else {
    target[to++] = 0xf0 | (code >> 18);
    target[to++] = 0x80 | ((code >> 12) & 0x3f);
    target[to++] = 0x80 | ((code >> 6) & 0x3f);
    target[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
