import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeHeader } from './safe-header.ts';

it('names columns as Spark does', () => {
  expect(safeHeader(['a', 'A', 'b', ''])).toEqual(['a0', 'A1', 'b', '_c3']);
  expect(safeHeader([' a', 'a', 'b '])).toEqual([' a', 'a', 'b ']);
});

it('avoids names that are taken', () => {
  expect(safeHeader(['a1', 'a', 'a'])).toEqual(['a1', 'a1_1', 'a2']);
  expect(safeHeader(['', '_C0'])).toEqual(['_c0_0', '_C0']);
});

it('gives names that are unique ignoring case, and changes no name that was', () => {
  const name = fc.oneof(fc.constantFrom('', 'a', 'A', 'a0', 'a1', 'A2', '_c0', '_C1', '_c1_1'), fc.string());
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const safe = safeHeader(names);
      expect(new Set(safe.map((one) => one.toLowerCase())).size).toBe(names.length);
      const lower = names.map((one) => one.toLowerCase());
      for (const [index, one] of lower.entries()) {
        if (one !== '' && lower.indexOf(one) === lower.lastIndexOf(one)) expect(safe[index]).toBe(names[index]);
      }
    }),
  );
});
