import { expect, it } from 'vitest';
import { planSegments } from './plan-segments.ts';

const SEGMENT_BYTES = 1000;

const unit = (contentBytes: number, canBeCut = true) => ({ contentBytes, canBeCut });
const ends = (units: ReturnType<typeof unit>[]): boolean[] =>
  planSegments(units, SEGMENT_BYTES).map(({ endsSegment }) => endsSegment);

it('puts small units together until they are as large as a segment', () => {
  const third = Math.ceil(SEGMENT_BYTES / 3);
  expect(ends([unit(third), unit(third), unit(third), unit(third)])).toEqual([false, false, true, false]);
});

it('cuts a large unit, which shares no segment with others', () => {
  const units = [unit(10), unit(SEGMENT_BYTES + 1), unit(10), unit(10)];
  expect(planSegments(units, SEGMENT_BYTES).map(({ isCut }) => isCut)).toEqual([false, true, false, false]);
  expect(ends(units)).toEqual([true, true, false, false]);
});

it('leaves a unit whole that cannot be cut, or of which nobody knows the size', () => {
  const units = [unit(SEGMENT_BYTES * 5, false), unit(-1), unit(10)];
  expect(planSegments(units, SEGMENT_BYTES).map(({ isCut }) => isCut)).toEqual([false, false, false]);
  expect(ends(units)).toEqual([true, false, false]);
});
