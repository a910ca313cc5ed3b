import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve, type MemoryContent, memorySource, memoryState } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { type EvidenceKeeping, icebergSink } from '@calve/sink-iceberg';
import { sinkConformance } from '@calve/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ended, rowsOf } from './memory-world.ts';
import { type NarrowCatalog, type Narrowness, narrowCatalog } from './narrow-catalog.ts';

const NAME = 'ingest.default.orders';
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** An ingestion into a lake behind such a catalog. Every run is a process of its own, which knows only state and table. */
class NarrowWorld {
  readonly files: Record<string, MemoryContent> = {};
  readonly catalog: NarrowCatalog;
  state = memoryState();
  readonly #folder: string;

  constructor(folder: string, narrowness: Narrowness, evidence?: EvidenceKeeping) {
    this.#folder = folder;
    this.catalog = narrowCatalog(join(folder, 'catalog.db'), narrowness, evidence);
  }

  static async start(narrowness: Narrowness, evidence?: EvidenceKeeping): Promise<NarrowWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'calve-narrow-'));
    folders.push(folder);
    return new NarrowWorld(folder, narrowness, evidence);
  }

  calve(commitPatienceMilliseconds?: number) {
    const node = nodeEnvironment();
    return createCalve({
      sources: { memory: memorySource(this.files) },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink({ catalog: this.catalog, warehouse: join(this.#folder, 'warehouse') }) },
      state: this.state,
      environment: { ...node, sleep: (_milliseconds, signal) => node.sleep(0, signal) },
      ...(commitPatienceMilliseconds === undefined ? {} : { commitPatienceMilliseconds }),
    });
  }

  get spec() {
    return this.calve()
      .ingestion('orders')
      .from('memory')
      .as('csv', { header: true })
      .settle(0)
      .into('lake', { table: 'sales.orders' })
      .build();
  }

  /** Adds a file with one row and runs. */
  async load(id: number, patience?: number) {
    this.files[`${id}.csv`] = rowsOf(id);
    return await this.run(patience);
  }

  async run(patience?: number) {
    await using calve = this.calve(patience);
    const { result, error } = await ended(calve.run(this.spec));
    return { outcome: result.outcome, code: error?.code ?? null };
  }

  async ids(): Promise<number[]> {
    await using calve = this.calve();
    return (await calve.head(this.spec)).rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
  }

  /** Where the evidence of the ledger is now. */
  async evidence(): Promise<{ property: number | null; tag: number | null; head: number | null }> {
    const loaded = await this.#table();
    const property = loaded.properties?.[NAME];
    const sequenceOf = (id: bigint | undefined): number | null => {
      const snapshot = loaded.snapshots?.find((one) => one['snapshot-id'] === id);
      return snapshot ? Number(snapshot.summary['ingest.sequence']) : null;
    };
    return {
      property: property === undefined ? null : (JSON.parse(property) as { sequence: number }).sequence,
      tag: sequenceOf(loaded.refs?.[NAME]?.['snapshot-id']),
      head: sequenceOf(loaded.refs?.['main']?.['snapshot-id']),
    };
  }

  /** Another engine adds an empty snapshot, and maintenance then expires all that no branch or tag names. */
  async expire(): Promise<void> {
    const catalog = this.catalog.open();
    try {
      const before = await this.#table();
      const main = before.refs!['main']!['snapshot-id'];
      const head = before.snapshots!.find((one) => one['snapshot-id'] === main)!;
      const foreign = {
        ...head,
        'snapshot-id': main + 1n,
        'parent-snapshot-id': main,
        'sequence-number': before['last-sequence-number'] + 1n,
        summary: { operation: 'replace' },
      };
      const named = new Set(Object.entries(before.refs!).flatMap(([name, one]) => (name === 'main' ? [] : [one['snapshot-id']])));
      const old = before.snapshots!.map((one) => one['snapshot-id']).filter((id) => !named.has(id));
      const { kind } = await catalog.commit(
        { namespace: ['sales'], name: 'orders' },
        {
          requirements: [],
          updates: [
            { action: 'add-snapshot', snapshot: foreign },
            { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': foreign['snapshot-id'] },
            { action: 'remove-snapshots', 'snapshot-ids': old },
          ],
        },
        nodeEnvironment(),
      );
      expect(kind).toBe('committed');
    } finally {
      catalog.close();
    }
  }

  async dataFiles(): Promise<string[]> {
    const names = await readdir(join(this.#folder, 'warehouse'), { recursive: true });
    return names.filter((name) => name.endsWith('.parquet'));
  }

  async #table() {
    const catalog = this.catalog.open();
    try {
      const loaded = await catalog.load({ namespace: ['sales'], name: 'orders' });
      if (loaded === 'absent') throw new TypeError('there is no table');
      return loaded.metadata;
    } finally {
      catalog.close();
    }
  }
}

const NARROW: [Narrowness, EvidenceKeeping | undefined][] = [
  ['drops', undefined],
  ['refuses', undefined],
  ['drops', 'tag'],
  ['refuses', 'tag'],
];

describe.each(NARROW)('a catalog that %s properties of others (%s)', (narrowness, evidence) => {
  it('keeps the evidence in a tag, from the first commit on', async () => {
    const world = await NarrowWorld.start(narrowness, evidence);
    for (const id of [1, 2, 3]) {
      expect(await world.load(id)).toEqual({ outcome: 'committed', code: null });
      expect(await world.evidence()).toEqual({ property: null, tag: id, head: id });
    }
    expect(await world.run()).toEqual({ outcome: 'nothing-new', code: null });
    expect(await world.ids()).toEqual([1, 2, 3]);
    // Tried once, since from then on the table shows how it is done.
    expect(world.catalog.refusals).toBe(narrowness === 'refuses' && evidence === undefined ? 1 : 0);
  });

  it('has evidence after everything that no reader needs has expired', async () => {
    const world = await NarrowWorld.start(narrowness, evidence);
    await world.load(1);
    await world.expire();
    expect(await world.evidence()).toMatchObject({ tag: 1, property: null });
    expect(await world.run()).toEqual({ outcome: 'nothing-new', code: null });
    const { state } = world;
    world.state = memoryState();
    expect(await world.run()).toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    world.state = state;
    await world.load(2);
    await world.expire();
    expect(await world.load(3)).toMatchObject({ outcome: 'committed' });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it.each(['lost-before', 'lost-after'] as const)('commits once when its answer is %s and the process ends', async (fault) => {
    const world = await NarrowWorld.start(narrowness, evidence);
    const findsOut = narrowness === 'refuses' && evidence === undefined;
    for (const id of [1, 2, 3]) {
      world.catalog.faults.push(fault);
      // Where the first request is refused, the one whose answer is lost needs the patience for a second.
      const first = findsOut && id === 1;
      const end = await world.load(id, first ? undefined : 0);
      expect(end).toMatchObject({ code: first ? null : 'COMMIT_STATE_UNKNOWN' });
      expect(await world.run()).toMatchObject({ code: null });
      expect(await world.evidence()).toEqual({ property: null, tag: id, head: id });
    }
    expect(await world.ids()).toEqual([1, 2, 3]);
  });
});

describe('a catalog of which nothing is known', () => {
  it('and that keeps properties is left with the property alone after the second commit', async () => {
    const world = await NarrowWorld.start('keeps');
    await world.load(1);
    expect(await world.evidence()).toEqual({ property: 1, tag: 1, head: 1 });
    await world.load(2);
    expect(await world.evidence()).toEqual({ property: 2, tag: null, head: 2 });
    await world.load(3);
    expect(await world.evidence()).toEqual({ property: 3, tag: null, head: 3 });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('and that refuses every first commit leaves no data files behind', async () => {
    const world = await NarrowWorld.start('refuses-all');
    expect(await world.load(1)).toEqual({ outcome: 'failed', code: 'COMMIT_REFUSED' });
    expect(world.catalog.refusals).toBe(2);
    expect(await world.dataFiles()).toEqual([]);
  });

  it('and that says it keeps them gets no tag', async () => {
    const world = await NarrowWorld.start('keeps', 'property');
    await world.load(1);
    expect(await world.evidence()).toEqual({ property: 1, tag: null, head: 1 });
  });
});

// Not a catalog that refuses and says nothing: there the first request finds that out, and cases that send once do not send again.
const ONE_REQUEST: typeof NARROW = [
  ['drops', undefined],
  ['refuses', 'tag'],
  ['keeps', undefined],
];

describe.each(ONE_REQUEST)('the sink on a catalog that %s properties of others (%s)', (narrowness, evidence) => {
  sinkConformance(it, {
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'calve-narrow-'));
      const catalog = narrowCatalog(join(folder, 'catalog.db'), narrowness, evidence);
      return {
        sink: icebergSink({ catalog, warehouse: join(folder, 'warehouse') }),
        target: { table: 'sales.orders' },
        stop: () => rm(folder, { recursive: true }),
      };
    },
  });
});
