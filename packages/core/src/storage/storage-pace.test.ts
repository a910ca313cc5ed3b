import { expect, it } from 'vitest';
import { StoragePace } from './storage-pace.ts';

it('expects of the next answer what the last one was', () => {
  const pace = new StoragePace(false, 3);
  expect(pace.isQuick).toBe(false);
  pace.note(true, false);
  expect(pace.isQuick).toBe(true);
  pace.note(false, true);
  expect(pace.isQuick).toBe(false);
});

it('trusts no storage for which the process stood still too often', () => {
  const pace = new StoragePace(true, 2);
  pace.note(false, true);
  pace.note(true, false);
  expect(pace.isQuick).toBe(true);
  pace.note(false, true);
  pace.note(true, false);
  expect(pace.isQuick).toBe(false);
});

it('does not count slow answers for which nobody stood still', () => {
  const pace = new StoragePace(true, 1);
  for (let answer = 0; answer < 10; answer += 1) pace.note(false, false);
  pace.note(true, false);
  expect(pace.isQuick).toBe(true);
});
