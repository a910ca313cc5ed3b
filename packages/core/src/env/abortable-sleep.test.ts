import { spawnSync } from 'node:child_process';
import { afterEach, expect, it, vi } from 'vitest';
import { abortableSleep } from './abortable-sleep.ts';

afterEach(() => vi.unstubAllGlobals());

it('lets others go first, also where there is no setImmediate', async () => {
  vi.stubGlobal('setImmediate', undefined);
  const order: string[] = [];
  const others = new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      order.push('other');
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  await abortableSleep(0);
  order.push('slept');
  await others;
  expect(order).toEqual(['other', 'slept']);
  await expect(abortableSleep(0, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('keeps no process alive after it ended, also where there is no setImmediate', () => {
  const source = `
    delete globalThis.setImmediate;
    const { abortableSleep } = await import(${JSON.stringify(new URL('./abortable-sleep.ts', import.meta.url).href)});
    await abortableSleep(0);
    console.log('slept');`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { timeout: 120_000 });
  expect([stdout.toString(), status]).toEqual(['slept\n', 0]);
});
