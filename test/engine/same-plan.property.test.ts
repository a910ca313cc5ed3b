import { canonicalJson } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryWorld } from './memory-world.ts';

const cell = fc.oneof(
  fc.constantFrom('', 'true', '007', '1e3', '2026-01-31', '2026-01-31T00:00:00Z', '12.50', 'x', '"a, ""b"""', '"two\nlines"'),
  fc.integer().map(String),
);
const file = fc
  .record({
    columns: fc.uniqueArray(fc.constantFrom('id', 'Name', 'amount', 'day', '_source_file'), { minLength: 1 }),
    rows: fc.nat(12),
  })
  .chain(({ columns, rows }) =>
    fc
      .array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), { minLength: rows, maxLength: rows })
      .map((records) => [columns, ...records].map((record) => `${record.join(',')}\n`).join('')),
  );
const files = fc.dictionary(fc.constantFrom('a.csv', 'b.csv', 'c/d.csv', 'é.csv'), file, { minKeys: 1 });

describe('a plan', () => {
  it('is the same for the same files, clock and randomness, whatever it was planned on before, and survives JSON', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (content) => {
        const worlds = [new MemoryWorld(), new MemoryWorld()];
        const plans = await Promise.all(
          worlds.map(async (world) => {
            Object.assign(world.files, content);
            const spec = world.spec();
            await using calve = world.calve();
            return await calve.plan(spec);
          }),
        );
        const [first, second] = plans.map((plan) => canonicalJson(plan));
        expect(second).toBe(first);
        expect(canonicalJson(JSON.parse(JSON.stringify(plans[0])))).toBe(first);
        expect(JSON.parse(JSON.stringify(plans[0]))).toEqual(plans[0]);
        const dealtWith = plans[0]!.batch.units.length + plans[0]!.batch.setAside.length;
        expect(dealtWith).toBe(Object.keys(content).length);
      }),
      { numRuns: 60 },
    );
  });
});
