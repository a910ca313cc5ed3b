// Twin of `findMalformedText` in packages/format-csv/src/replace-malformed-text.ts, which says where exactly.
// After John Keiser and Daniel Lemire, Validating UTF-8 In Less Than One Instruction Per Byte: https://arxiv.org/abs/2010.03090
//
// Three looks into tables of 16 tell from two bytes that follow each other what is wrong with them, a bit for each kind of fault; only faults on
// which all three agree are there.

/** A lead is not followed by what continues it. */
const SHORT: u8 = 1;
/** What continues a character follows none that goes on. */
const LONG: u8 = 2;
/** More bytes than the character needs, or a character that UTF-8 does not have. */
const OVERLONG_3: u8 = 4;
const TOO_LARGE: u8 = 8;
const SURROGATE: u8 = 16;
const OVERLONG_2: u8 = 32;
const TOO_LARGE_OR_OVERLONG_4: u8 = 64;
/** Right as the third or fourth byte of a character, and only there. */
const TWO_CONTINUE: u8 = 128;
/** What the lower half of the first byte has no say in. */
const ANY: u8 = SHORT | LONG | TWO_CONTINUE;
const BEYOND: u8 = ANY | TOO_LARGE | TOO_LARGE_OR_OVERLONG_4;
const CONTINUES: u8 = LONG | OVERLONG_2 | TWO_CONTINUE;

const NONE = -1;
const ONLY_ASCII = -2;

// @ts-ignore: a decorator of the compiler
@inline
function faultsOf(before: v128, text: v128): v128 {
  const previous = i8x16.shuffle(before, text, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const half = i8x16.splat(0x0f);
  // prettier-ignore
  const byFirstHigh = i8x16.swizzle(
    i8x16(
      LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG,
      TWO_CONTINUE, TWO_CONTINUE, TWO_CONTINUE, TWO_CONTINUE,
      SHORT | OVERLONG_2,
      SHORT,
      SHORT | OVERLONG_3 | SURROGATE,
      SHORT | TOO_LARGE | TOO_LARGE_OR_OVERLONG_4,
    ),
    i8x16.shr_u(previous, 4),
  );
  // prettier-ignore
  const byFirstLow = i8x16.swizzle(
    i8x16(
      ANY | OVERLONG_3 | OVERLONG_2 | TOO_LARGE_OR_OVERLONG_4,
      ANY | OVERLONG_2,
      ANY, ANY,
      ANY | TOO_LARGE,
      BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND, BEYOND,
      BEYOND | SURROGATE,
      BEYOND, BEYOND,
    ),
    v128.and(previous, half),
  );
  // prettier-ignore
  const bySecondHigh = i8x16.swizzle(
    i8x16(
      SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT,
      CONTINUES | OVERLONG_3 | TOO_LARGE_OR_OVERLONG_4,
      CONTINUES | OVERLONG_3 | TOO_LARGE,
      CONTINUES | SURROGATE | TOO_LARGE,
      CONTINUES | SURROGATE | TOO_LARGE,
      SHORT, SHORT, SHORT, SHORT,
    ),
    i8x16.shr_u(text, 4),
  );
  const faults = v128.and(v128.and(byFirstHigh, byFirstLow), bySecondHigh);
  const second = i8x16.shuffle(before, text, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const third = i8x16.shuffle(before, text, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  // The highest bit stands where the third or fourth byte of a character has to be.
  const goesOn = v128.or(
    i8x16.sub_sat_u(second, i8x16.splat(<i8>(0xe0 - 0x80))),
    i8x16.sub_sat_u(third, i8x16.splat(<i8>(0xf0 - 0x80))),
  );
  return v128.xor(v128.and(goesOn, i8x16.splat(<i8>0x80)), faults);
}

/** A character begins in the last bytes and does not end there. */
// @ts-ignore: a decorator of the compiler
@inline
function isOpen(text: v128): v128 {
  // prettier-ignore
  const last = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, <i8>0xef, <i8>0xdf, <i8>0xbf);
  return i8x16.sub_sat_u(text, last);
}

/**
 * Looks whether `source[from, to)` is valid UTF-8. Up to 63 bytes behind `to` are read and mean nothing.
 *
 * @returns -2: nothing but ASCII; -1: valid; else a place before the first byte that is not valid, or that byte: everything before it is valid.
 */
export function findMalformed(source: i32, from: i32, to: i32): i32 {
  const nothing = i8x16.splat(0);
  let before = nothing;
  let hasOthers = false;
  let at = from;
  for (; at < to; at += 64) {
    const text = <usize>(source + at);
    let t0 = v128.load(text);
    let t1 = v128.load(text, 16);
    let t2 = v128.load(text, 32);
    let t3 = v128.load(text, 48);
    if (to - at < 64) {
      // prettier-ignore
      const each = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const left = <i8>(to - at);
      t0 = v128.and(t0, i8x16.lt_s(each, i8x16.splat(left)));
      t1 = v128.and(t1, i8x16.lt_s(each, i8x16.splat(left - 16)));
      t2 = v128.and(t2, i8x16.lt_s(each, i8x16.splat(left - 32)));
      t3 = v128.and(t3, i8x16.lt_s(each, i8x16.splat(left - 48)));
    }
    let faults: v128;
    if (i8x16.bitmask(v128.or(v128.or(t0, t1), v128.or(t2, t3))) == 0) {
      if (!hasOthers) continue;
      faults = isOpen(before);
      before = nothing;
    } else {
      hasOthers = true;
      faults = v128.or(
        v128.or(faultsOf(before, t0), faultsOf(t0, t1)),
        v128.or(faultsOf(t1, t2), faultsOf(t2, t3)),
      );
      before = t3;
    }
    if (v128.any_true(faults)) return startOfCharacter(source, from, at);
  }
  if (!hasOthers) return ONLY_ASCII;
  return v128.any_true(isOpen(before)) ? startOfCharacter(source, from, to) : NONE;
}

/** Where the character begins of which a byte stands before `at`, if it may go on there. */
function startOfCharacter(source: i32, from: i32, at: i32): i32 {
  let start = at;
  while (start > from && at - start < 4) {
    start -= 1;
    if ((load<u8>(<usize>(source + start)) & 0xc0) != 0x80) return start;
  }
  return start;
}
