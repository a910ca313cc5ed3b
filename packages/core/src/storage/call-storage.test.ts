import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { callStorage } from './call-storage.ts';
import { lostConnection, sleepless } from './memory-storage.fixture.ts';

const { signal } = new AbortController();

/** Fails with each of the errors, then succeeds. */
function failing(...errors: unknown[]): { call: () => Promise<string>; tries: () => number } {
  let tries = 0;
  const call = async (): Promise<string> => {
    const error = errors[tries++];
    if (error !== undefined) throw error;
    return 'done';
  };
  return { call, tries: () => tries };
}

describe('a call of a storage', () => {
  it('is repeated while the storage is unavailable, with growing waits', async () => {
    const { environment, slept } = sleepless();
    const { call, tries } = failing(lostConnection(), lostConnection(), lostConnection());
    expect(await callStorage('x:a', { environment, signal }, call)).toBe('done');
    expect(tries()).toBe(4);
    const least = [100, 400, 1600];
    expect(slept.map((wait, index) => wait >= least[index]! && wait <= least[index]! * 1.5)).toEqual([true, true, true]);
  });

  it('fails with SOURCE_UNAVAILABLE when the storage stays away', async () => {
    const { environment } = sleepless();
    const { call, tries } = failing(...Array.from({ length: 9 }, lostConnection));
    await expect(callStorage('x:a', { environment, signal }, call)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      recovery: { kind: 'retry' },
    });
    expect(tries()).toBe(4);
  });

  it.each([
    [new CalveError('OBJECT_NOT_FOUND', 'gone', { recovery: 'replan' }), 'OBJECT_NOT_FOUND'],
    [new RangeError('a defect'), 'INTERNAL'],
  ])('is not repeated after %s', async (error, code) => {
    const { environment, slept } = sleepless();
    await expect(callStorage('x:a', { environment, signal }, failing(error).call)).rejects.toMatchObject({ code });
    expect(slept).toEqual([]);
  });

  it('is CANCELLED once the signal is aborted, whatever the client throws', async () => {
    const { environment } = sleepless();
    const controller = new AbortController();
    const call = async (): Promise<never> => {
      controller.abort(new RangeError('a reason of the host'));
      throw lostConnection();
    };
    const calls = { environment, signal: controller.signal };
    await expect(callStorage('x:a', calls, call)).rejects.toMatchObject({ code: 'CANCELLED' });
    const { call: never, tries } = failing();
    await expect(callStorage('x:a', calls, never)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(tries()).toBe(0);
  });
});
