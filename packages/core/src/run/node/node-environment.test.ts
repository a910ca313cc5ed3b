import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { defaultEnvironment, nodeEnvironment } from './node-environment.ts';

describe('nodeEnvironment', () => {
  const environment = nodeEnvironment();

  it('hashes piece by piece', () => {
    const hash = environment.sha256();
    hash.update(new TextEncoder().encode('a'));
    hash.update(new TextEncoder().encode('bc'));
    expect(Buffer.from(hash.digest()).toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('draws as many random bytes as asked for, and others each time', () => {
    expect(environment.random(16)).toHaveLength(16);
    expect(environment.random(16)).not.toEqual(environment.random(16));
  });

  it('sleeps in the order of the times, less than none being none', async () => {
    const order: string[] = [];
    await Promise.all([
      environment.sleep(60).then(() => order.push('later')),
      environment.sleep(-5).then(() => order.push('at once')),
    ]);
    expect(order).toEqual(['at once', 'later']);
  });

  it('rejects a sleep as soon as the signal is aborted, before or during', async () => {
    await expect(environment.sleep(3_600_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    const controller = new AbortController();
    const sleeping = environment.sleep(3_600_000, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('waits longer than a timer can count', async () => {
    const controller = new AbortController();
    const sleeping = environment.sleep(2 ** 33, controller.signal);
    const first = await Promise.race([
      sleeping.catch(() => 'rejected'),
      new Promise((resolve) => setTimeout(resolve, 30, 'waiting')),
    ]);
    expect(first).toBe('waiting');
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('a cancelled sleep does not keep the process alive', () => {
    const source = `
      import { nodeEnvironment } from ${JSON.stringify(new URL('./node-environment.ts', import.meta.url).href)};
      const controller = new AbortController();
      nodeEnvironment().sleep(3_600_000, controller.signal).catch((error) => console.log(error.code));
      controller.abort();`;
    const child = spawnSync(process.execPath, ['--conditions=calve-source', '--input-type=module', '-e', source], {
      timeout: 120_000,
    });
    expect(child.stderr.toString()).toBe('');
    expect(child.stdout.toString()).toBe('CANCELLED\n');
    expect(child.status).toBe(0);
  });

  it('is what Calve uses on Node', async () => {
    await defaultEnvironment().step('any');
    expect(defaultEnvironment().now()).toBeGreaterThan(1_700_000_000_000);
  });
});
