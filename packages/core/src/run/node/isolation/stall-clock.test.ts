import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { StallClock } from './stall-clock.ts';

const block = (milliseconds: number): void => {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
};

it('notices silence', async () => {
  await new Promise<void>((resolve) => new StallClock(resolve).restart(20));
});

it('does not count the time in which nobody could listen', async () => {
  let stalls = 0;
  const clock = new StallClock(() => {
    stalls += 1;
  });
  clock.restart(1000);
  block(1500);
  // The message that came meanwhile is heard in the turn after the timers.
  await turn();
  await turn();
  clock.restart(1000);
  block(1500);
  await turn();
  await turn();
  clock.stop();
  expect(stalls).toBe(0);
});

it('is quiet after it was stopped', async () => {
  let stalls = 0;
  const clock = new StallClock(() => {
    stalls += 1;
  });
  clock.restart(10);
  clock.stop();
  await sleep(50);
  expect(stalls).toBe(0);
});
