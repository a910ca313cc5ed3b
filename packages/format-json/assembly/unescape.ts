import { hexValue, unescaped } from './scan.ts';

/**
 * Writes the text of a scanned string without its escapes to `target`: twin of packages/format-json/src/unescape-text.ts.
 *
 * @returns Behind the last byte written; 0 for half of a surrogate pair, which the twin tells of.
 */
export function unescape(start: usize, end: usize, target: usize): usize {
  let to = target;
  for (let from = start; from < end; ) {
    const byte = load<u8>(from);
    if (byte != 0x5c) {
      store<u8>(to, byte);
      to++;
      from++;
      continue;
    }
    const kind = load<u8>(from + 1);
    if (kind != 0x75) {
      store<u8>(to, unescaped(kind));
      to++;
      from += 2;
      continue;
    }
    let code = codeUnit(from + 2);
    from += 6;
    if (code >= 0xd800 && code <= 0xdfff) {
      if (code >= 0xdc00 || from + 6 > end || load<u16>(from) != 0x755c) return 0;
      const low = codeUnit(from + 2);
      if (low < 0xdc00 || low > 0xdfff) return 0;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      from += 6;
    }
    to = writeCodePoint(code, to);
  }
  return to;
}

function codeUnit(at: usize): u32 {
  let code: u32 = 0;
  for (let digit: usize = 0; digit < 4; digit++) code = (code << 4) | <u32>hexValue(load<u8>(at + digit));
  return code;
}

function writeCodePoint(code: u32, at: usize): usize {
  if (code < 0x80) {
    store<u8>(at, <u8>code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >> 6)));
    store<u8>(at + 1, <u8>(0x80 | (code & 0x3f)));
    return at + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >> 12)));
    store<u8>(at + 1, <u8>(0x80 | ((code >> 6) & 0x3f)));
    store<u8>(at + 2, <u8>(0x80 | (code & 0x3f)));
    return at + 3;
  }
  store<u8>(at, <u8>(0xf0 | (code >> 18)));
  store<u8>(at + 1, <u8>(0x80 | ((code >> 12) & 0x3f)));
  store<u8>(at + 2, <u8>(0x80 | ((code >> 6) & 0x3f)));
  store<u8>(at + 3, <u8>(0x80 | (code & 0x3f)));
  return at + 4;
}
