import {
  bound,
  CAPACITY,
  COUNT,
  INSIDE,
  IS_STRING,
  IS_VALUE,
  KEY,
  KEY_HEAD,
  KEY_LENGTH,
  KEY_MASK,
  KIND,
  LIST,
  MEMBERS,
  mark,
  OBJECT,
  PLACE_BYTES,
  STRUCT,
  TEXT,
} from './place-table.ts';
import { blanks, hasEscapes, literalEnd, numberEnd, plainStringEnd, stringEnd } from './scan.ts';
import { nestedEnd, scalarEnd } from './skip-value.ts';
import { unescape } from './unescape.ts';

/** Behind the last unescaped text. */
export let tail: usize = 0;
let source: usize = 0;
/** Of what says null. */
let nullState: u8 = 0;
/** Objects so far: tells members that come twice in one. */
let objects: u32 = 0;

export function startChunk(bytes: usize, firstTail: usize, stateOfNull: u8): void {
  source = bytes;
  tail = firstTail;
  nullState = stateOfNull;
}

export function tailTo(at: usize): void {
  tail = at;
}

/** Behind the object that begins at `from`, which is row `row` of `record`; 0 when the twin has to read it. */
export function readRecord(record: usize, row: i32, from: usize): usize {
  mark(record, row, IS_VALUE);
  return members(record, row, from + 1);
}

function members(place: usize, row: i32, from: usize): usize {
  objects++;
  const object = objects;
  const first = <usize>load<u32>(place, INSIDE);
  const behind = first + <usize>load<u32>(place, MEMBERS) * PLACE_BYTES;
  let expected = first;
  let at = blanks(from);
  if (load<u8>(at) == 0x7d) return at + 1;
  while (true) {
    if (load<u8>(at) != 0x22) return 0;
    at++;
    let member = expected;
    if (member == behind || !hasName(member, at)) {
      member = find(first, behind, expected, at);
      if (member == 0) return 0;
    }
    at += load<u32>(member, KEY_LENGTH);
    if (load<u32>(member, OBJECT) == object) return 0;
    store<u32>(member, object, OBJECT);
    expected = member + PLACE_BYTES;
    if (load<u8>(at) <= 0x20) at = blanks(at);
    if (load<u8>(at) != 0x3a) return 0;
    at++;
    if (load<u8>(at) <= 0x20) at = blanks(at);
    at = memberValue(member, row, at);
    if (at == 0) return 0;
    if (load<u8>(at) <= 0x20) at = blanks(at);
    const next = load<u8>(at);
    if (next == 0x7d) return at + 1;
    if (next != 0x2c) return 0;
    at++;
    if (load<u8>(at) <= 0x20) at = blanks(at);
  }
}

/** True when the name at `at` is that of the place, with its closing quote. */
// @ts-ignore: a decorator of the compiler
@inline
function hasName(place: usize, at: usize): bool {
  const differs = v128.and(v128.xor(v128.load(at), v128.load(place, KEY_HEAD)), v128.load(place, KEY_MASK));
  return !v128.any_true(differs) && (load<u32>(place, KEY_LENGTH) <= 16 || hasLongName(place, at));
}

function hasLongName(place: usize, at: usize): bool {
  const key = <usize>load<u32>(place, KEY);
  const length = <usize>load<u32>(place, KEY_LENGTH);
  for (let index: usize = 16; index < length; index++) if (load<u8>(key + index) != load<u8>(at + index)) return false;
  return true;
}

/** The member of that name; 0 for none. Most often one that is expected soon. */
function find(first: usize, behind: usize, expected: usize, at: usize): usize {
  for (let member = expected; member < behind; member += PLACE_BYTES) if (hasName(member, at)) return member;
  for (let member = first; member < expected; member += PLACE_BYTES) if (hasName(member, at)) return member;
  return 0;
}

/** The texts that most members are, at once, and all else. */
// @ts-ignore: a decorator of the compiler
@inline
function memberValue(place: usize, row: i32, at: usize): usize {
  if (load<i32>(place, KIND) != TEXT) return value(place, row, at);
  const byte = load<u8>(at);
  if (byte == 0x22) {
    const end = plainStringEnd(at + 1);
    if (end == 0) return text(place, row, at, byte);
    mark(place, row, IS_STRING);
    bound(place, row, <u32>(at + 1 - source), <u32>(end - source));
    return end + 1;
  }
  if (byte > 0x39) return text(place, row, at, byte);
  const end = numberEnd(at);
  if (end == 0) return 0;
  mark(place, row, IS_VALUE);
  bound(place, row, <u32>(at - source), <u32>(end - source));
  return end;
}

function value(place: usize, row: i32, at: usize): usize {
  const kind = load<i32>(place, KIND);
  const byte = load<u8>(at);
  if (kind == TEXT) return text(place, row, at, byte);
  if (byte == 0x6e) return nullValue(place, row, at);
  if (kind == STRUCT) {
    if (byte != 0x7b) return 0;
    mark(place, row, IS_VALUE);
    return members(place, row, at + 1);
  }
  const element = <usize>load<u32>(place, INSIDE);
  if (byte != (kind == LIST ? 0x5b : 0x7b)) return 0;
  const first = load<u32>(element, COUNT);
  mark(place, row, IS_VALUE);
  // The beginning tells whoever takes the row back which elements are its own.
  bound(place, row, first, first);
  const end = kind == LIST ? elements(element, at + 1) : entries(element, at + 1);
  bound(place, row, first, load<u32>(element, COUNT));
  return end;
}

// @ts-ignore: a decorator of the compiler
@inline
function nullValue(place: usize, row: i32, at: usize): usize {
  mark(place, row, nullState);
  return literalEnd(at);
}

function text(place: usize, row: i32, from: usize, byte: u8): usize {
  if (byte == 0x22) {
    const end = stringEnd(from + 1);
    return end == 0 || !takeString(place, row, from + 1, end) ? 0 : end + 1;
  }
  if (byte == 0x6e) return nullValue(place, row, from);
  const end = byte == 0x7b || byte == 0x5b ? nestedEnd(from) : scalarEnd(from, byte);
  if (end == 0) return 0;
  mark(place, row, IS_VALUE);
  bound(place, row, <u32>(from - source), <u32>(end - source));
  return end;
}

// @ts-ignore: a decorator of the compiler
@inline
function takeString(place: usize, row: i32, start: usize, end: usize): bool {
  mark(place, row, IS_STRING);
  if (!hasEscapes) {
    bound(place, row, <u32>(start - source), <u32>(end - source));
    return true;
  }
  const behind = unescape(start, end, tail);
  if (behind == 0) return false;
  bound(place, row, <u32>(tail - source), <u32>(behind - source));
  tail = behind;
  return true;
}

/** A new row of an element, null so far; -1 when there is no room. */
// @ts-ignore: a decorator of the compiler
@inline
function append(element: usize): i32 {
  const row = load<i32>(element, COUNT);
  if (row >= load<i32>(element, CAPACITY)) return -1;
  store<i32>(element, row + 1, COUNT);
  return row;
}

function elements(element: usize, from: usize): usize {
  let at = blanks(from);
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    const row = append(element);
    if (row < 0) return 0;
    at = value(element, row, at);
    if (at == 0) return 0;
    at = blanks(at);
    const next = load<u8>(at);
    if (next == 0x5d) return at + 1;
    if (next != 0x2c) return 0;
    at = blanks(at + 1);
  }
}

/** The members of a map, all of them. */
function entries(entry: usize, from: usize): usize {
  const key = <usize>load<u32>(entry, INSIDE);
  const inside = key + PLACE_BYTES;
  let at = blanks(from);
  if (load<u8>(at) == 0x7d) return at + 1;
  while (true) {
    if (load<u8>(at) != 0x22) return 0;
    const row = append(entry);
    if (row < 0) return 0;
    mark(entry, row, IS_VALUE);
    const nameEnd = stringEnd(at + 1);
    if (nameEnd == 0 || nameEnd - at > 50_000 || !takeString(key, row, at + 1, nameEnd)) return 0;
    at = blanks(nameEnd + 1);
    if (load<u8>(at) != 0x3a) return 0;
    at = value(inside, row, blanks(at + 1));
    if (at == 0) return 0;
    at = blanks(at);
    const next = load<u8>(at);
    if (next == 0x7d) return at + 1;
    if (next != 0x2c) return 0;
    at = blanks(at + 1);
  }
}
