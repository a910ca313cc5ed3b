import { expect, it } from 'vitest';
import { statusError } from './status-error.ts';

it.each([
  [302, 'SOURCE_REFUSED', 'fix-input'],
  [304, 'SOURCE_REFUSED', 'fix-input'],
  [400, 'SOURCE_REFUSED', 'fix-input'],
  [401, 'SOURCE_ACCESS_DENIED', 'fix-access'],
  [403, 'SOURCE_ACCESS_DENIED', 'fix-access'],
  [404, 'OBJECT_NOT_FOUND', 'replan'],
  [407, 'SOURCE_ACCESS_DENIED', 'fix-access'],
  [408, 'SOURCE_UNAVAILABLE', 'retry'],
  [410, 'OBJECT_NOT_FOUND', 'replan'],
  [412, 'OBJECT_CHANGED', 'replan'],
  [416, 'OBJECT_CHANGED', 'replan'],
  [425, 'SOURCE_UNAVAILABLE', 'retry'],
  [429, 'SOURCE_UNAVAILABLE', 'retry'],
  [500, 'SOURCE_UNAVAILABLE', 'retry'],
  [503, 'SOURCE_UNAVAILABLE', 'retry'],
] as const)('status %d is %s (%s)', (status, code, recovery) => {
  const error = statusError(status, 'https://x.example/a.csv', new Error('of a client'));
  expect(error).toMatchObject({ code, recovery: { kind: recovery }, context: { uri: 'https://x.example/a.csv', status } });
  expect(error.message).toMatch(new RegExp(`^https://x.example/a.csv .+\\(status ${status}\\)\\.$`));
  expect(error.cause?.message).toBe('of a client');
});
