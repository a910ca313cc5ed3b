import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

/** What happens to a table: its own commits, those of others, a rollback to a snapshot of either or to before the first one, and what is decided. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('load' as const), files: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'foreign' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('roll-back' as const),
      to: fc.nat(50),
      choice: fc.constantFrom('reingest' as const, 'leaveOut' as const),
      withForeign: fc.boolean(),
      goesOn: fc.boolean(),
    }),
  },
);

/** A file of the model. `rows`: in which snapshot its rows are; null: in none. */
interface ModelFile {
  name: string;
  id: number;
  isInSource: boolean;
  fate: 'waits' | 'loaded' | 'left-out';
}

class Model {
  readonly world = new MemoryWorld();
  readonly files: ModelFile[] = [];
  /** By snapshot: the files whose rows it added. */
  readonly #added = new Map<string, ModelFile[]>();
  /** The newest snapshot of ours, and what readers saw when it was accepted that they do not see it; undefined: it was not. */
  #newest: string | null = null;
  #acceptedOn: string | null | undefined;

  get snapshots() {
    return this.world.sink.snapshots(TABLE);
  }

  /** Ids of snapshots that readers see from `head`. */
  #ancestry(head: string | null): Set<string> {
    const seen = new Set<string>();
    for (let id = head; id !== null; id = this.snapshots.find((one) => one.id === id)?.parent ?? null) seen.add(id);
    return seen;
  }

  async load(files: number): Promise<void> {
    for (let count = 0; count < files; count += 1) {
      const id = this.files.length;
      const name = `${id}.csv`;
      this.world.files[name] = rowsOf(id);
      this.files.push({ name, id, isInSource: true, fate: 'waits' });
    }
    await this.run();
  }

  async run(): Promise<void> {
    const known = new Set(this.snapshots.map(({ id }) => id));
    const { error } = await this.world.run();
    expect(error?.code).toBeUndefined();
    const loaded = this.files.filter(({ fate, isInSource }) => fate === 'waits' && isInSource);
    for (const file of loaded) file.fate = 'loaded';
    const fresh = this.snapshots.filter(({ id }) => !known.has(id));
    expect(fresh).toHaveLength(loaded.length > 0 ? 1 : 0);
    if (!fresh[0]) return;
    this.#added.set(fresh[0].id, loaded);
    this.#newest = fresh[0].id;
    this.#acceptedOn = undefined;
  }

  /** @returns Whether somebody has to decide: it went further back than what was accepted. */
  rollBack(to: string | null): boolean {
    this.world.sink.rollBack(TABLE, to);
    const seen = this.#ancestry(to);
    for (const [id, files] of this.#added) {
      if (seen.has(id)) continue;
      this.#added.delete(id);
      for (const file of files) file.fate = 'waits';
    }
    if (this.#newest === null || seen.has(this.#newest)) return false;
    return this.#acceptedOn === undefined || (this.#acceptedOn !== null && !seen.has(this.#acceptedOn));
  }

  /** Where readers are, or were on their way there. */
  isOnTheWay(id: string | null): boolean {
    return id === null || this.#ancestry(this.world.sink.headOf(TABLE)).has(id);
  }

  async accept(choice: 'reingest' | 'leaveOut', waitedBefore: ReadonlySet<ModelFile>): Promise<void> {
    await using calve = this.world.calve();
    const went = this.files.filter((file) => file.fate === 'waits' && !waitedBefore.has(file));
    const preview = await calve.previewAcceptRollback(this.world.spec());
    expect(preview.files.count).toBe(went.filter(({ isInSource }) => isInSource).length);
    expect(preview.gone.count).toBe(went.filter(({ isInSource }) => !isInSource).length);
    expect(preview.rows).toEqual(went.length > 0 ? { main: went.length } : {});
    const answer = await calve.acceptRollback(this.world.spec(), choice === 'reingest' ? { reingest: true } : { leaveOut: true });
    expect(answer).toMatchObject({ outcome: 'accepted', files: went.length });
    this.#acceptedOn = this.world.sink.headOf(TABLE);
    if (choice === 'leaveOut') for (const file of went) file.fate = 'left-out';
  }

  ids(): number[] {
    return this.world
      .column('id')
      .map(Number)
      .sort((a, b) => a - b);
  }

  expectRows(): void {
    expect(this.ids()).toEqual(this.files.filter(({ fate }) => fate === 'loaded').map(({ id }) => id));
  }
}

describe('tables that are rolled back again and again', () => {
  it('hold every file once with reingest, and exactly the others with leaveOut', async () => {
    const accepted = { reingest: 0, leaveOut: 0, again: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 14 }), async (happenings) => {
        const model = new Model();
        await model.load(1);
        await model.load(1);
        for (const happens of happenings) {
          if (happens.kind === 'load') await model.load(happens.files);
          else if (happens.kind === 'foreign') model.world.sink.touch(TABLE);
          else if (happens.kind === 'remove') {
            const file = model.files.find(({ isInSource, fate }) => isInSource && fate !== 'waits');
            if (!file) continue;
            delete model.world.files[file.name];
            file.isInSource = false;
          } else {
            const waited = new Set(model.files.filter(({ fate }) => fate === 'waits'));
            const { snapshots } = model;
            const place = happens.to % (snapshots.length + 1);
            const to = place === 0 ? null : snapshots[place - 1]!.id;
            // What is put back has cases of its own.
            if (!model.isOnTheWay(to) || !model.rollBack(to)) continue;
            if (happens.withForeign) model.world.sink.touch(TABLE);
            expect((await model.world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
            await model.accept(happens.choice, waited);
            accepted[happens.choice] += 1;
            if (waited.size > 0) accepted.again += 1;
            if (happens.goesOn) await model.run();
          }
          if (happens.kind === 'load') model.expectRows();
        }
        await model.load(1);
        model.expectRows();
        expect((await model.world.run()).result.outcome).toBe('nothing-new');
        model.expectRows();
      }),
      { numRuns: 80, seed: 20260306, endOnFailure: true },
    );
    // Otherwise nothing was tried.
    expect(accepted.reingest).toBeGreaterThan(30);
    expect(accepted.leaveOut).toBeGreaterThan(30);
    expect(accepted.again).toBeGreaterThan(1);
  });
});
