import { describe, expect, it } from 'vitest';
import { memoryState } from '../checkpoint/memory-state.ts';
import { createCalve } from '../create-calve.ts';
import { smallestSpec, testRegistry } from '../spec/test-registry.fixture.ts';

const complete = { ...testRegistry, state: memoryState() };

describe('createCalve', () => {
  it.each([
    ['nothing', undefined, ['sources', 'formats', 'sinks', 'state']],
    ['null', null, ['sources', 'formats', 'sinks', 'state']],
    ['an empty object', {}, ['sources', 'formats', 'sinks', 'state']],
    ['no state', { ...complete, state: undefined }, ['state']],
    ['the path of a state', { ...complete, state: './calve.db' }, ['state']],
    ['a state that cannot be opened', { ...complete, state: {} }, ['state']],
    ['no sources', { ...complete, sources: undefined }, ['sources']],
    ['a list of formats', { ...complete, formats: [testRegistry.formats.csv] }, ['formats']],
    ['sinks that are null', { ...complete, sinks: null }, ['sinks']],
  ])('says what it needs when it is given %s', (_, options, members) => {
    const expected = {
      code: 'CONFIGURATION_INVALID',
      recovery: { kind: 'fix-input' },
      message: expect.stringContaining('createCalve() needs sources, formats, sinks and state.'),
      context: { members },
    };
    expect(() => createCalve(options as never)).toThrow(expect.objectContaining(expected));
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '60000', null])(
    'refuses a lease of %s milliseconds',
    (leaseMilliseconds) => {
      const expected = { code: 'CONFIGURATION_INVALID', context: { members: ['leaseMilliseconds'] } };
      expect(() => createCalve({ ...complete, leaseMilliseconds } as never)).toThrow(expect.objectContaining(expected));
    },
  );

  it('takes what is complete', async () => {
    await using calve = createCalve(complete);
    expect(calve.parse(smallestSpec)).toMatchObject({ id: 'orders' });
  });

  it.each(['plan', 'preview', 'head', 'rejects'] as const)('%s rejects what is no spec', async (method) => {
    await using calve = createCalve(complete);
    for (const value of [{}, undefined, smallestSpec]) {
      await expect(calve[method](value as never)).rejects.toMatchObject({
        code: 'SPEC_INVALID',
        recovery: { kind: 'fix-input' },
      });
    }
  });

  it('run refuses at once what is no spec', async () => {
    await using calve = createCalve(complete);
    expect(() => calve.run({} as never)).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });
});
