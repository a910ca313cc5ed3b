import { describe, expect, it } from 'vitest';
import { HostPause } from './host-pause.ts';

describe('pauses for the host', () => {
  const pausing = () => {
    const slept: number[] = [];
    const pause = new HostPause({ sleep: async (milliseconds) => void slept.push(milliseconds) });
    return { pause, slept };
  };

  it('come after every large batch', async () => {
    const { pause, slept } = pausing();
    for (let batch = 0; batch < 3; batch++) await pause.after(100_000);
    expect(slept).toEqual([0, 0, 0]);
  });

  it('are shared by small batches, and by batches without rows', async () => {
    const { pause, slept } = pausing();
    for (let batch = 0; batch < 200; batch++) await pause.after(744);
    expect(slept.length).toBeGreaterThan(5);
    expect(slept.length).toBeLessThan(20);
    const without = pausing();
    for (let batch = 0; batch < 200; batch++) await without.pause.after(0);
    expect(without.slept.length).toBeGreaterThan(1);
  });
});
