import { memoryState } from '@calve/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryWorld, rowsOf } from './memory-world.ts';

const key = { tenant: 'default', ingestion: 'orders' };
const file = fc.integer({ min: 0, max: 9 });

/** What happens to a landing folder, with a state and, at the end, without. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'new' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copy' as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('touch' as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), file }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'run' as const }) },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** A landing folder whose every content has ids of its own, so that an id in the table twice is content that was loaded twice. */
class Landing {
  readonly world = new MemoryWorld();
  /** Names of files with content that no other file ever had. */
  readonly fresh = new Set<string>();
  #count = 0;

  content(): string {
    this.#count += 1;
    // Some records are broken, and some files hold nothing else.
    const good = this.#count % 4 === 0 ? [] : [this.#count * 10, this.#count * 10 + 1];
    return `${rowsOf(...good)}${this.#count % 2 === 0 ? `${this.#count},too,many\n` : ''}`;
  }

  /** @param mayTake Which files it may happen to; default: all. */
  happen(happens: Happening, mayTake: (name: string) => boolean = () => true): void {
    const { world, fresh } = this;
    const names = Object.keys(world.files).filter(mayTake);
    if (happens.kind === 'run') return;
    const name = happens.kind === 'new' ? undefined : names[happens.file % Math.max(1, names.length)];
    this.#count += 1;
    const other = `${this.#count}.csv`;
    if (happens.kind === 'new') {
      world.files[other] = this.content();
      fresh.add(other);
    } else if (name !== undefined) {
      const content = world.files[name]!;
      if (happens.kind === 'touch') world.touched.set(name, this.#count);
      else if (happens.kind === 'change') world.files[name] = this.content();
      else if (happens.kind !== 'delete') world.files[other] = content;
      if (happens.kind === 'rename' || happens.kind === 'delete') delete world.files[name];
      fresh.delete(name);
    }
  }

  ids(name: string): string[] {
    return [...String(this.world.files[name]).matchAll(/^(\d+),name/gm)].map(([, id = '']) => id);
  }
}

describe('after the state was lost and the ledger adopted', () => {
  it('nothing is loaded twice, nothing is lost, and what is left out is told', async () => {
    let adopted = 0;
    let chosen = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 3, maxLength: 14 }),
        fc.array(happening, { maxLength: 5 }),
        fc.array(happening, { maxLength: 4 }),
        fc.constantFrom('hold' as const, 'append' as const, 'ignore' as const),
        async (before, meanwhile, after, onChanged) => {
          const landing = new Landing();
          const { world } = landing;
          const spec = world.spec({ onChanged, limits: { maxUnitsPerBatch: 2, maxRejectedRatio: 1 } });
          const run = () => world.run(spec, { allow: ['held', 'quarantined'] });
          for (const happens of before) happens.kind === 'run' ? await run() : landing.happen(happens);
          world.state = memoryState();
          for (const happens of meanwhile) landing.happen(happens);
          const rowsBefore = world.column('id');
          await using calve = world.calve();
          const preview = await calve.previewAdopt(spec).catch(() => null);
          if (preview === null) return;
          adopted += 1;
          if (preview.mustChoose) chosen += 1;
          const result = await calve.adopt(spec, preview.mustChoose ? { unknown: 'leave' } : {});
          expect(result.left).toBe(preview.mustChoose ? preview.unknown.count : 0);
          expect((await run()).error).toBeNull();
          // What a file that waits holds, nobody knows: under another name it would be a new one.
          const store = await world.state.open();
          const waiting = new Set<string>();
          for await (const { unit } of store.scan(key, { state: 'held' })) if (unit.kind === 'object') waiting.add(unit.uri);
          for (const happens of after) landing.happen(happens, (name) => !waiting.has(`memory:///${name}`));
          expect((await run()).error).toBeNull();
          const ids = world.column('id');
          expect(new Set(ids).size, 'an id is there twice').toBe(ids.length);
          expect(ids.slice(0, rowsBefore.length)).toEqual(rowsBefore);
          // Whatever is not in the table has a record that says why.
          const told = new Set<string>();
          for await (const { unit, state, finding } of store.scan(key, {})) {
            if ((state !== 'ingested' || finding) && unit.kind === 'object') told.add(unit.uri);
          }
          for (const name of Object.keys(world.files)) {
            const isLoaded = landing.ids(name).every((id) => ids.includes(id));
            expect(isLoaded || told.has(`memory:///${name}`), `${name} is neither loaded nor told of`).toBe(true);
            // New files load where nobody had to choose.
            if (landing.fresh.has(name) && !preview.mustChoose) expect(isLoaded, name).toBe(true);
          }
          expect((await run()).error).toBeNull();
          const rows = world.column('id');
          expect(new Set(rows).size, 'an id is there twice').toBe(rows.length);
        },
      ),
      { numRuns: 100, seed: 20260305 },
    );
    expect(adopted).toBeGreaterThan(50);
    expect(chosen).toBeGreaterThan(15);
  });
});
