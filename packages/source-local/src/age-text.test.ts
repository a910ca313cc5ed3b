import { expect, it } from 'vitest';
import { ageText } from './age-text.ts';

const now = Date.UTC(2024, 0, 1);

it.each([
  [now - 400, 'Modified 0.4 seconds ago'],
  [now - 60_000, 'Modified 60.0 seconds ago'],
  [now - 600_000, 'Modified 10 minutes ago'],
  [now - 86_400_000, 'Modified 24 hours ago'],
  [now + 7_200_000, 'Modified 2 hours in the future, at 2024-01-01T02:00:00.000Z (is a clock wrong?)'],
])('says how long ago %i was', (modified, expected) => {
  expect(ageText(modified, now)).toBe(expected);
});
