import { blanks, literalEnd, numberEnd, stringEnd } from './scan.ts';

/** Levels whose brackets fit into one number. */
const DEEPEST = 64;

/** Behind an object or array, all of which is scanned; 0 when the twin has to look at it. */
export function nestedEnd(from: usize): usize {
  // One bit a level, the innermost one last: 1 for an object.
  let isObject: u64 = 0;
  let level = 0;
  let at = from;
  while (true) {
    const byte = load<u8>(at);
    if (byte == 0x7b || byte == 0x5b) {
      if (level == DEEPEST) return 0;
      level++;
      isObject = (isObject << 1) | <u64>(byte == 0x7b);
      at = blanks(at + 1);
      if (load<u8>(at) != (byte == 0x7b ? 0x7d : 0x5d)) {
        if (byte == 0x7b) at = valueOfMember(at);
        if (at == 0) return 0;
        continue;
      }
      at++;
      level--;
      isObject >>= 1;
    } else {
      at = scalarEnd(at, byte);
      if (at == 0) return 0;
    }
    while (true) {
      if (level == 0) return at;
      at = blanks(at);
      const next = load<u8>(at);
      if (next == 0x2c) {
        at = blanks(at + 1);
        if ((isObject & 1) != 0) at = valueOfMember(at);
        if (at == 0) return 0;
        break;
      }
      if (next != ((isObject & 1) != 0 ? 0x7d : 0x5d)) return 0;
      at++;
      level--;
      isObject >>= 1;
    }
  }
}

/** Behind a string, number or literal that begins with `byte`. */
export function scalarEnd(at: usize, byte: u8): usize {
  if (byte == 0x22) {
    const end = stringEnd(at + 1);
    return end == 0 ? 0 : end + 1;
  }
  return byte == 0x74 || byte == 0x66 || byte == 0x6e ? literalEnd(at) : numberEnd(at);
}

/** From a member's name to its value. */
function valueOfMember(at: usize): usize {
  if (load<u8>(at) != 0x22) return 0;
  const end = stringEnd(at + 1);
  // A long name may break a limit.
  if (end == 0 || end - at > 50_000) return 0;
  const colon = blanks(end + 1);
  return load<u8>(colon) == 0x3a ? blanks(colon + 1) : 0;
}
