import { expect, it } from 'vitest';
import { sizeText } from './size-text.ts';

it.each([
  [0, '0 bytes'],
  [1001, '1,001 bytes'],
  [1024, '1 KiB'],
  [2 ** 20 - 1, '1,048,575 bytes'],
  [16 * 2 ** 20, '16 MiB'],
  [17_000_000, '16.2 MiB'],
  [5 * 2 ** 30, '5 GiB'],
  [3000 * 2 ** 30, '3,000 GiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
