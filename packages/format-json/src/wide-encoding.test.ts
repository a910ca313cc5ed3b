import { expect, it } from 'vitest';
import { wideEncodingOf } from './wide-encoding.ts';

const text = '{"a":1}';
const wide = (mark = ''): Buffer => Buffer.from(mark + text, 'utf16le');

it.each<[string, Iterable<number>, string | null]>([
  ['UTF-16, the little end first', wide(), 'utf-16le'],
  ['UTF-16, the big end first', wide().swap16(), 'utf-16be'],
  ['UTF-16 with a mark', wide('\ufeff'), 'utf-16'],
  ['UTF-16 with a mark, the big end first', wide('\ufeff').swap16(), 'utf-16'],
  ['UTF-32, the little end first', Buffer.from([...text].flatMap((character) => [character.charCodeAt(0), 0, 0, 0])), 'utf-32le'],
  ['UTF-32, the big end first', Buffer.from([...text].flatMap((character) => [0, 0, 0, character.charCodeAt(0)])), 'utf-32be'],
  ['UTF-32 with a mark', [0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0], 'utf-32'],
  ['UTF-8', Buffer.from(text), null],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), null],
  ['a record with one NUL byte in it', Buffer.from('{\0"a":1}'), null],
  ['too little', [0x7b, 0], null],
])('%s', (_, bytes, encoding) => {
  expect(wideEncodingOf(Uint8Array.from(bytes))).toBe(encoding);
});
