import { expect, it } from 'vitest';
import { firstLineEnd, RecordEnds } from './record-ends.ts';

const QUOTE = 0x22;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A byte at a time, as `RecordEnds` says. */
function expectedEnd(text: Uint8Array, from: number): number {
  let quotes = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === QUOTE) quotes += 1;
    if (at >= from && text[at] === 0x0a && quotes % 2 === 0) return at + 1;
  }
  return -1;
}

it('finds the first line feed outside of quotes behind any place, however the bytes were cut before it', () => {
  const alphabet = 'a",\n"b\r\u00e9\u0122\n';
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 300; round += 1) {
    const text = bytes(Array.from({ length: random(80) }, () => alphabet[random(alphabet.length)]).join(''));
    for (let from = 0; from <= text.length; from += 1) {
      const ends = new RecordEnds(QUOTE);
      const cut = random(from + 1);
      ends.pass(text.slice(0, cut), cut);
      const rest = text.slice(cut);
      ends.pass(rest, from - cut);
      const found = ends.find(rest, from - cut, rest.length);
      expect(found < 0 ? -1 : found + cut).toBe(expectedEnd(text, from));
    }
  }
});

it('takes every line feed where there are no quotes', () => {
  const text = bytes('"a\nb"\n');
  expect(new RecordEnds(null).find(text, 0, text.length)).toBe(3);
});

it('tells the first line end, or that lines cannot be told', () => {
  expect(['a\nb\r\n', 'a\r\nb\n', '\n', '"a\r\n"\n'].map((text) => firstLineEnd(bytes(text)))).toEqual([
    'LF',
    'CRLF',
    'LF',
    'CRLF',
  ]);
  expect(['', 'abc', 'a\rb\n', 'a\r'].map((text) => firstLineEnd(bytes(text)))).toEqual([null, null, null, null]);
});
