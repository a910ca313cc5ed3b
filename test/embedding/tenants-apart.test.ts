import type { CalveError, IngestionPlan } from '@calve/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TABLE, TenantWorld } from './tenant-world.ts';

const TENANTS = ['acme', 'globex'] as const;

describe('two tenants of one instance', () => {
  it('load the same file of the same ingestion into their own tables, and have ledgers of their own', async () => {
    const world = new TenantWorld();
    for (const tenant of TENANTS) world.files[tenant] = { 'orders.csv': 'id,name\n1,one\n' };
    await using calve = world.calve();
    const spec = world.spec();
    const runs = TENANTS.map((tenant) => calve.run(spec, { tenant }));
    for (const run of runs) expect(await run).toMatchObject({ outcome: 'committed', units: { ingested: 1, skipped: 0 } });
    for (const tenant of TENANTS) {
      expect(world.rows(tenant)).toEqual([{ id: '1', name: 'one' }]);
      expect(world.sinkOf(tenant).snapshots(TABLE)).toHaveLength(1);
      expect((await calve.run(spec, { tenant })).outcome).toBe('nothing-new');
    }
    world.files['acme']!['more.csv'] = 'id,name\n2,two\n';
    expect((await calve.run(spec, { tenant: 'globex' })).outcome).toBe('nothing-new');
    expect((await calve.run(spec, { tenant: 'acme' })).outcome).toBe('committed');
    expect(world.rows('acme')).toHaveLength(2);
    expect(world.rows('globex')).toHaveLength(1);
  });

  it('are told what their own file holds, though the other has one in the same place', async () => {
    const world = new TenantWorld();
    world.files['acme'] = { 'orders.csv': 'id,name\n1,one\n' };
    world.files['globex'] = { 'orders.csv': 'price\n2.5\n' };
    await using calve = world.calve();
    const names = async (tenant: string) =>
      (await calve.plan(world.spec(), { tenant })).program.outputs[0]!.fields.map(({ name }) => name);
    expect((await names('acme')).slice(0, 2)).toEqual(['id', 'name']);
    expect((await names('globex')).slice(0, 1)).toEqual(['price']);
    expect((await calve.preview(world.spec(), { tenant: 'globex' })).rows).toMatchObject([{ price: '2.5' }]);
    await calve.run(world.spec(), { tenant: 'globex' });
    expect((await calve.head(world.spec(), { tenant: 'globex' })).rows).toMatchObject([{ price: '2.5' }]);
    expect((await calve.head(world.spec(), { tenant: 'acme' })).rows).toEqual([]);
  });

  it('have plans of their own: one says whose it is, and is applied for nobody else', async () => {
    const world = new TenantWorld();
    for (const tenant of TENANTS) world.files[tenant] = { 'orders.csv': 'id\n1\n' };
    await using calve = world.calve();
    const plan = await calve.plan(world.spec(), { tenant: 'acme' });
    expect(plan.program.tenant).toBe('acme');
    expect(plan.batch.commitId).not.toBe((await calve.plan(world.spec(), { tenant: 'globex' })).batch.commitId);
    const stolen: IngestionPlan = { ...plan, program: { ...plan.program, tenant: 'globex' } };
    const refused = await Promise.resolve()
      .then(() => calve.apply(stolen))
      .catch((error: CalveError) => error);
    expect(refused).toMatchObject({ code: expect.stringMatching(/^PLAN_/) });
    await calve.apply(plan);
    expect(world.rows('acme')).toHaveLength(1);
    expect(world.sinkOf('globex').snapshots(TABLE)).toEqual([]);
  });

  it.each(['', '..', 'a.b', 'a/b', 'a:b', ' ', 'ä', 'x'.repeat(65)])('cannot be called "%s"', async (tenant) => {
    const world = new TenantWorld();
    await using calve = world.calve();
    for (const call of [
      calve.run(world.spec(), { tenant }),
      calve.plan(world.spec(), { tenant }),
      calve.head(world.spec(), { tenant }),
    ])
      await expect(call).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining('tenant') });
  });

  it('cannot have more memory each than all of them together', () => {
    const world = new TenantWorld();
    for (const options of [{ memoryBytes: 1, tenantMemoryBytes: 2 }, { memoryBytes: 0 }, { tenantMemoryBytes: Number.NaN }])
      expect(() => world.calve(options)).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
  });

  it('get their own rows and events, whatever the files and the order in which reads are answered', async () => {
    const contents = fc.dictionary(fc.constantFrom('a.csv', 'b.csv', 'c.csv'), fc.array(fc.nat(99), { maxLength: 4 }), {
      minKeys: 1,
    });
    let overlapped = 0;
    await fc.assert(
      fc.asyncProperty(
        contents,
        contents,
        fc.array(fc.nat(5)),
        fc.constantFrom(1, 100_000, 2 ** 28),
        async (acme, globex, order, memoryBytes) => {
          const world = new TenantWorld();
          const numbers: Record<string, typeof acme> = { acme, globex };
          for (const tenant of TENANTS) {
            const files = Object.entries(numbers[tenant]!).map(([name, ids]) => [
              name,
              `id,of\n${ids.map((id) => `${id},${tenant}\n`).join('')}`,
            ]);
            world.files[tenant] = Object.fromEntries(files);
            world.gate.hold(tenant);
          }
          await using calve = world.calve({ memoryBytes });
          const heard: Record<string, string[]> = { acme: [], globex: [] };
          calve.on('event', (event) => heard[event.tenant]?.push(event.runId));
          const spec = { ...world.spec(), input: { ...world.spec().input, onSameContent: 'load' as const } };
          let left = 2;
          const runs = TENANTS.map((tenant) =>
            calve.run(spec, { tenant }).finally(() => {
              left -= 1;
            }),
          );
          for (let turn = 0; left > 0; turn++) {
            await new Promise<void>((resolve) => setImmediate(resolve));
            if (TENANTS.every((tenant) => world.gate.stopped(tenant) > 0)) overlapped += 1;
            const choice = order[turn % Math.max(1, order.length)] ?? 0;
            for (const tenant of choice % 2 === 0 ? TENANTS : TENANTS.toReversed())
              if (world.gate.letOneGo(tenant, choice)) break;
          }
          await Promise.all(runs);
          for (const tenant of TENANTS) {
            const expected = Object.values(numbers[tenant]!).flat().map(String).sort();
            const rows = expected.length === 0 ? [] : world.rows(tenant);
            expect(rows.map(({ id }) => id).sort()).toEqual(expected);
            expect(rows.every(({ of }) => of === tenant)).toBe(true);
            expect(new Set(heard[tenant]).size).toBe(1);
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(overlapped).toBeGreaterThan(40);
  });
});
