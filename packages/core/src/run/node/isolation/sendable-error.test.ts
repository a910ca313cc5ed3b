import { expect, it } from 'vitest';
import { CalveError } from '../../../errors/calve-error.ts';
import { sendableError } from './sendable-error.ts';

it('an error with things in it that cannot be sent keeps code, message and recovery', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  for (const context of [{ call: () => 1, line: 7 }, { line: 7n }, cycle]) {
    const error = new CalveError('TEST', 'No good.', {
      recovery: { kind: 'decide', choices: ['a'] },
      context: context as never,
      cause: new TypeError('why'),
    });
    const data = sendableError(error);
    expect(structuredClone(data)).toMatchObject({
      code: 'TEST',
      message: 'No good.',
      recovery: { kind: 'decide', choices: ['a'] },
      cause: { code: 'TypeError', message: 'why' },
    });
  }
  const kept = new CalveError('TEST', 'No good.', { context: { line: 7 } });
  expect(sendableError(kept)).toEqual(kept.toJSON());
});
