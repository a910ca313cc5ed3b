import { expect } from 'vitest';
import type { DiskError, FaultyEnd } from './faulty-shell.ts';
import { type FaultyWorld, placeOf } from './faulty-world.ts';

/** All calls instead of some of each kind: `CALVE_EVERY_WRITE=1 ./dev test test/machine`. */
export const isEvery: boolean = process.env['CALVE_EVERY_WRITE'] === '1';

const CODES = [
  'CHECKPOINT_UNAVAILABLE',
  'CHECKPOINT_OUTCOME_UNKNOWN',
  'ICEBERG_DISK_FULL',
  'ICEBERG_FILE_ACCESS_DENIED',
  'ICEBERG_FILE_UNAVAILABLE',
  'ICEBERG_CATALOG_UNAVAILABLE',
  'COMMIT_STATE_UNKNOWN',
  'COMMIT_REFUSED',
];

const WORDS: Readonly<Record<DiskError, RegExp>> = {
  ENOSPC: /the disk is full; make room on it, then run again/,
  EROFS: /read-only|may not be written|allow writing|cannot be opened|the disk reported an error/,
  EIO: /EIO|the disk reported an error|cannot be opened/,
  EDQUOT: /quota/,
};

/**
 * Numbers of the calls at which the disk shall fail: of the first and the last call of each row of equal ones, so many of each kind, from its first to
 * its last one.
 */
export function chosen(calls: readonly string[], most: number): number[] {
  const kinds = calls.map((call) => `${call.split(' ')[1]} ${placeOf(call)}`);
  if (isEvery) return kinds.map((_, at) => at + 1);
  const ends = kinds.flatMap((kind, at) => (kind !== kinds[at - 1] || kind !== kinds[at + 1] ? [at] : []));
  const ofKind = Map.groupBy(ends, (at) => kinds[at]);
  return [...ofKind.values()]
    .flatMap((all) => all.filter((_, place) => all.length <= most || isSpread(place, all.length, most)))
    .map((at) => at + 1)
    .sort((a, b) => a - b);
}

/** Whether this place of so many is one of a few that lie evenly between the first and the last. */
function isSpread(place: number, length: number, few: number): boolean {
  for (let turn = 0; turn < few; turn += 1) if (place === Math.round((turn * (length - 1)) / Math.max(1, few - 1))) return true;
  return false;
}

/** Says what is wrong, with which path, and what to do: as somebody sees it who does not know Calve. */
export function expectPlain(end: FaultyEnd, error: DiskError, world: FaultyWorld, place: string): void {
  const { error: told } = JSON.parse(end.stdout) as { error: { code: string } };
  expect(CODES, place).toContain(told.code);
  expect(end.code, place).toBe(1);
  expect(end.stderr, place).toMatch(WORDS[error]);
  expect(end.stderr, place).toContain(world.disk);
  expect(end.stderr, place).toContain('What to do: ');
  expect(end.stderr, place).not.toMatch(/defect|^\s+at |undefined/m);
}
