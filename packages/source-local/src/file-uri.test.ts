import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileUri, isPlainPath } from './file-uri.ts';

it.each([
  ['/in/a b#1%.csv', 'file:///in/a%20b%231%25.csv'],
  ['/in/day=2024-01-01/ü.csv', 'file:///in/day=2024-01-01/%C3%BC.csv'],
  ['/line\nbreak?', 'file:///line%0Abreak%3F'],
  ['/', 'file:///'],
])('%s is %s', (path, expected) => {
  expect(fileUri(path)).toBe(expected);
});

it('leads back to the same path, and is a normal URL', () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((text) => !/[/\0]/.test(text) && text.isWellFormed() && !/^\.{1,2}$/.test(text));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      const path = `/landing/${names.join('/')}`;
      expect(fileURLToPath(fileUri(path))).toBe(path);
      expect(new URL(fileUri(path)).href).toBe(fileUri(path));
    }),
  );
});

it('says which parts of a URL are paths as they stand', () => {
  const plain = ['a.csv', 'day=1/a.csv', 'in/2026-03-01/b~1_c.csv.gz'];
  expect(plain.every(isPlainPath)).toBe(true);
  for (const part of plain) expect(fileURLToPath(`file:///x/${part}`)).toBe(`/x/${part}`);
  const others = [
    '',
    '.',
    '..',
    '../a.csv',
    'in/../a.csv',
    './a',
    '.hidden',
    'a%20b.csv',
    'a?b',
    'a#b',
    'a\\b',
    '/a',
    'a//b',
    'a/',
    'a\tb',
    'é',
  ];
  expect(others.filter(isPlainPath)).toEqual([]);
});
