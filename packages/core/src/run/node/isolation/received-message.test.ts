import { expect, it } from 'vitest';
import type { ProcessMessage } from './decode-messages.ts';
import { isProcessMessage } from './received-message.ts';

const error = { code: 'A', message: 'b', recovery: { kind: 'retry' }, diagnostics: [], context: {} };

it.each([
  { kind: 'opened' },
  { kind: 'failed', error, isTyped: true },
  { kind: 'read', need: 1, offset: 0, bytes: 5 },
  { kind: 'reserve', need: 2, bytes: 0.5 },
  { kind: 'unreserve', need: 2 },
])('is a message: $kind', (message) => {
  expect(isProcessMessage(message as ProcessMessage)).toBe(true);
});

it.each([
  { kind: 'banana' },
  {},
  { kind: 'failed' },
  { kind: 'failed', error: { ...error, recovery: null } },
  { kind: 'failed', error: { ...error, message: 7 } },
  { kind: 'read', need: 1, offset: -1, bytes: 5 },
  { kind: 'read', need: 1, offset: 0, bytes: Number.NaN },
  { kind: 'reserve', need: 2, bytes: Number.NaN },
  { kind: 'reserve', need: 2, bytes: -1 },
  { kind: 'reserve', need: 2, bytes: Number.POSITIVE_INFINITY },
  { kind: 'reserve', need: 2, bytes: '5' },
  { kind: 'reserve', bytes: 5 },
])('is none: $kind $bytes', (message) => {
  expect(isProcessMessage(message as never)).toBe(false);
});
