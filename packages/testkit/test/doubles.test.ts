import { describe, expect, it } from 'vitest';
import { registerCases } from '../src/conformance/conformance-case.ts';
import { manualClock, seededRandom } from '../src/index.ts';

describe('manualClock', () => {
  it('wakes sleepers in the order of their times, and those that lie down again', async () => {
    const clock = manualClock(1000);
    const woken: string[] = [];
    const sleeper = async (name: string, times: number[]) => {
      for (const time of times) {
        await clock.sleep(time);
        woken.push(`${name}@${clock.now()}`);
      }
    };
    void sleeper('slow', [30]);
    void sleeper('fast', [10, 10, 50]);
    await clock.advance(40);
    expect(woken).toEqual(['fast@1010', 'fast@1020', 'slow@1030']);
    expect(clock.now()).toBe(1040);
    expect(clock.sleepers).toBe(1);
    await clock.advance(30);
    expect(woken.at(-1)).toBe('fast@1070');
  });

  it('cancels a sleep', async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(10, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(clock.sleep(10, controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(clock.sleepers).toBe(0);
  });

  it('goes back when told', () => {
    const clock = manualClock(1000);
    clock.set(500);
    expect(clock.now()).toBe(500);
  });
});

describe('seededRandom', () => {
  it('is the same for the same seed, and in every process', () => {
    const numbers = (seed: number) => Array.from({ length: 4 }, seededRandom(seed).next);
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(numbers(42)).toMatchInlineSnapshot(`
      [
        1013793024,
        397883734,
        2275137019,
        3693026225,
      ]
    `);
  });

  it('spreads evenly', () => {
    const random = seededRandom(7);
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) counts[random.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(new Set(random.bytes(5000)).size).toBe(256);
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
  });
});

describe('exceptions of a conformance suite', () => {
  const collect = (cases: Parameters<typeof registerCases>[1], exceptions: Parameters<typeof registerCases>[2]) => {
    const registered = new Map<string, () => Promise<void>>();
    registerCases((name, run) => registered.set(name, run), cases, exceptions);
    return registered;
  };
  const fails = { name: 'fails', run: () => Promise.reject(new Error('no')) };
  const passes = { name: 'passes', run: () => Promise.resolve() };

  it('let a case fail, with the reason in its name', async () => {
    const registered = collect([fails, passes], [{ cases: ['fails'], reason: 'a fact' }]);
    expect([...registered.keys()]).toEqual(['fails [exception: a fact]', 'passes']);
    await registered.get('fails [exception: a fact]')?.();
  });

  it('are reported when they are no longer needed or name no case', async () => {
    const registered = collect([passes], [{ cases: ['passes', 'nothing'], reason: 'a fact' }]);
    await expect(registered.get('passes [exception: a fact]')?.()).rejects.toThrow('remove the exception');
    await expect(registered.get('every exception names a case')?.()).rejects.toThrow('nothing');
  });
});
