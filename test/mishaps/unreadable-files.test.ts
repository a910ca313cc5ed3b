import { chmod, mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from './mishap-world.ts';
import { asOrdinaryUser } from './ordinary-user.ts';

/** Nobody but root may read what is closed; lake and landing belong to whoever runs the test. */
async function open(world: MishapWorld): Promise<void> {
  await mkdir(world.at('lake'));
  await chmod(world.at('lake'), 0o777);
}

describe('a file that may not be read', () => {
  it('fails alone, with its path and what to do; the others are loaded, and it follows when it may be read', async () => {
    await using world = await MishapWorld.start();
    await open(world);
    for (const id of [1, 2, 3]) await world.write(`landing/${id}.csv`, rowsOf(id));
    await chmod(world.at('landing/2.csv'), 0);
    await asOrdinaryUser(async () => {
      const told = await world.run();
      expect(told).toMatchObject({ outcome: 'failed', code: 'UNITS_SET_ASIDE', units: { ingested: 2, failed: 1 } });
      expect(told.error).toMatchObject({ diagnostics: [{ code: 'SOURCE_ACCESS_DENIED', severity: 'error' }] });
      expect(told.said).toContain(
        `${world.at('landing/2.csv')} may not be read by this user; give it read permission. It is not loaded; the next run tries it again.`,
      );
      expect(await world.ids()).toEqual([1, 3]);
      expect(await world.run()).toMatchObject({ outcome: 'failed', units: { ingested: 0, failed: 1 } });
      expect((await world.plan()).batch.setAside).toMatchObject([{ state: 'failed', attempts: 3 }]);
    });
    await chmod(world.at('landing/2.csv'), 0o644);
    await asOrdinaryUser(async () => {
      expect(await world.run()).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 1, failed: 0 } });
      expect(await world.ids()).toEqual([1, 2, 3]);
    });
  });

  it('although it is loaded fails too: nobody knows whether it is still the same', async () => {
    await using world = await MishapWorld.start();
    await open(world);
    await world.write('landing/1.csv', rowsOf(1));
    await asOrdinaryUser(async () => expect((await world.run()).outcome).toBe('committed'));
    await chmod(world.at('landing/1.csv'), 0);
    await asOrdinaryUser(async () => expect(await world.run()).toMatchObject({ outcome: 'failed', units: { failed: 1 } }));
    await chmod(world.at('landing/1.csv'), 0o644);
    await asOrdinaryUser(async () => {
      expect(await world.run()).toMatchObject({ outcome: 'nothing-new', code: null, units: { failed: 0 } });
      expect(await world.ids()).toEqual([1]);
    });
  });

  it('any more when it is loaded, since a plan was made, is set aside; the rest of the plan is loaded', async () => {
    await using world = await MishapWorld.start();
    await open(world);
    for (const id of [1, 2, 3]) await world.write(`landing/${id}.csv`, rowsOf(id));
    await asOrdinaryUser(async () => {
      const plan = await world.plan();
      await asRoot(() => chmod(world.at('landing/2.csv'), 0));
      expect(await world.apply(plan)).toMatchObject({ outcome: 'failed', units: { ingested: 2, failed: 1 } });
      expect(await world.ids()).toEqual([1, 3]);
    });
  });
});

describe('a folder that may not be read', () => {
  it.each([
    ['listed', 0],
    ['listed, but searched', 0o311],
  ])('(not to be %s) is not taken for empty', async (_, mode) => {
    await using world = await MishapWorld.start();
    await open(world);
    await world.write('landing/1.csv', rowsOf(1));
    await world.write('landing/closed/2.csv', rowsOf(2));
    await chmod(world.at('landing/closed'), mode);
    await asOrdinaryUser(async () => {
      const told = await world.run();
      expect(told).toMatchObject({ outcome: 'failed', units: { ingested: 1, failed: 1 } });
      expect(told.said).toContain(
        `The folder ${world.at('landing/closed')} may not be read by this user; give it read permission. None of its files is known; a pattern that does not reach into it leaves it out. It is not loaded; the next run tries it again.`,
      );
    });
    await chmod(world.at('landing/closed'), 0o755);
    await asOrdinaryUser(async () => {
      expect(await world.run()).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 1 } });
      expect(await world.ids()).toEqual([1, 2]);
    });
  });

  it('but listed has files that each fail', async () => {
    await using world = await MishapWorld.start();
    await open(world);
    await world.write('landing/1.csv', rowsOf(1));
    for (const id of [2, 3]) await world.write(`landing/names-only/${id}.csv`, rowsOf(id));
    await chmod(world.at('landing/names-only'), 0o644);
    await asOrdinaryUser(async () => expect(await world.run()).toMatchObject({ units: { ingested: 1, failed: 2 } }));
  });

  it('and is the landing folder itself ends the run', async () => {
    await using world = await MishapWorld.start();
    await open(world);
    await world.write('landing/1.csv', rowsOf(1));
    await chmod(world.at('landing'), 0);
    await asOrdinaryUser(async () => {
      const { code, said } = await world.run();
      expect(code).toBe('SOURCE_ACCESS_DENIED');
      expect(said).toEqual([`${world.at('landing')} may not be read by this user; give it read permission.`]);
    });
  });
});

/** What the owner of the files does meanwhile. */
async function asRoot(work: () => Promise<void>): Promise<void> {
  const user = process.geteuid?.() ?? 0;
  if (process.getuid?.() === 0) process.seteuid?.(0);
  try {
    await work();
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(user);
  }
}
