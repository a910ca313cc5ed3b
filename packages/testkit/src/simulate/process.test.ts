import { describe, expect, it } from 'vitest';
import { seededRandom } from '../doubles/seeded-random.ts';
import type { Fault } from './history.ts';
import { SimulatedProcess } from './process.ts';
import { SimulatedScheduler } from './scheduler.ts';

const platform = {} as ConstructorParameters<typeof SimulatedProcess>[3];

function world(...faults: Fault[]) {
  const scheduler = new SimulatedScheduler(seededRandom(1), 0);
  const notes: string[] = [];
  const observer = { onStep() {}, onDeath() {}, onTurn() {}, onNote: (note: string) => void notes.push(note) };
  const process = new SimulatedProcess('p', scheduler, seededRandom(2), platform, faults, observer);
  const seen: string[] = [];
  const follow = (name: string, promise: Promise<unknown>): void => {
    promise.then(
      (value) => seen.push(`${name}: ${String(value)}`),
      (error: Error) => seen.push(`${name} fails: ${error.message}`),
    );
  };
  return { scheduler, process, notes, seen, follow };
}

describe('a simulated process', () => {
  it('hears nothing any more when it has died, while its request still arrives', async () => {
    const { scheduler, process, seen, follow, notes } = world({ kind: 'crash', step: null, nth: 1 });
    follow(
      'call',
      process.call(() => seen.push('arrived')),
    );
    follow('sleep', process.environment.sleep(1));
    await scheduler.run(100);
    expect(seen).toEqual(['arrived']);
    expect(process.isAlive).toBe(false);
    expect(notes).toEqual(['p dies at wait 1']);
  });

  it('changes nothing of its own machine after its death, and dies at named steps', async () => {
    const { scheduler, process, seen, follow } = world({ kind: 'crash', step: 'a.b.c', nth: 2 });
    follow('first', process.environment.step('a.b.c'));
    await scheduler.run(100);
    follow(
      'write',
      process.call(() => seen.push('written'), { isRemote: false }),
    );
    follow('second', process.environment.step('a.b.c'));
    await scheduler.run(100);
    expect(seen).toEqual(['first: undefined']);
  });

  it('goes on late when it was asleep, and the clock has moved', async () => {
    const { scheduler, process, seen, follow } = world({ kind: 'pause', step: 'a.b.c', nth: 1, milliseconds: 5000 });
    follow(
      'step',
      process.environment.step('a.b.c').then(() => process.environment.now()),
    );
    await scheduler.run(100);
    expect(seen).toEqual(['step: 5000']);
  });

  it('is told that an answer was lost, while the effect happens, does not happen, or happens late or twice', async () => {
    const { scheduler, process, seen, follow } = world();
    const lost = (): never => {
      throw new Error('lost');
    };
    follow(
      'before',
      process.call(() => seen.push('before'), { isDropped: true, answerWithout: lost }),
    );
    follow(
      'after',
      process.call(() => seen.push('after'), { answer: lost }),
    );
    follow(
      'late',
      process.call(() => seen.push(`late at ${scheduler.now}`), { lateBy: 900, answerWithout: lost }),
    );
    follow(
      'twice',
      process.call(() => seen.push('twice'), { againAfter: 500 }),
    );
    await scheduler.run(100);
    expect(seen.filter((entry) => entry.endsWith('fails: lost')).sort()).toEqual([
      'after fails: lost',
      'before fails: lost',
      'late fails: lost',
    ]);
    expect(seen).not.toContain('before');
    expect(seen).toContain('after');
    expect(seen.slice(-2)).toEqual(['twice', 'late at 900']);
    expect(seen.filter((entry) => entry === 'twice')).toHaveLength(2);
  });

  it('can have its sleep cancelled', async () => {
    const { scheduler, process, seen, follow } = world();
    const controller = new AbortController();
    follow('sleep', process.environment.sleep(1000, controller.signal));
    scheduler.after(10, () => controller.abort());
    await scheduler.run(100);
    expect(seen).toEqual(['sleep fails: The operation was cancelled.']);
    expect(scheduler.now).toBe(10);
  });
});
