import type { CheckpointStore, CommitIntent, Head, SinkSession } from '@calve/core/plugin';
import { evidenceName } from '@calve/core/plugin';
import type { Catalog, LoadedTable } from '@calve/sink-iceberg';
import { type SimulatedFiles, type SimulatedProcess, UNAVAILABLE } from '@calve/testkit';
import { pathOf } from './catalog-of-history.ts';

/** What a fault replaces in one process, at the contracts of its plugins. */
export interface FaultyPorts {
  catalog?(catalog: Catalog): Catalog;
  session?(session: SinkSession): SinkSession;
  state?(store: CheckpointStore): CheckpointStore;
}

/** What a fault may use of the world. */
export interface FaultWorld {
  process: SimulatedProcess;
  files: SimulatedFiles;
  /** Lives as long as the history. */
  memory: Map<string, unknown>;
}

/**
 * Mistakes that somebody could make in the protocol, by name. Each is put in where the shipped code meets its plugins, so the code itself is as it is
 * shipped. A lease without a fence is missing as long as there are no leases.
 */
export const SEEDED_FAULTS: Readonly<Record<string, (world: FaultWorld) => FaultyPorts>> = {
  'the marker is not looked for': () => {
    const { session, intent } = preparing();
    return {
      session,
      catalog: (catalog) => changedLoads(catalog, (loaded) => (intent() ? withMarker(loaded, intent()) : loaded)),
    };
  },

  'a higher marker counts as done': () => {
    let head: Head | null = null;
    return {
      state: (store) =>
        replaced(store, {
          async read(key) {
            const found = await store.read(key);
            head = found === 'absent' ? null : found.head;
            return found;
          },
        }),
      session: (session) =>
        replaced(session, {
          async evidence(...request) {
            const evidence = await session.evidence(...request);
            const known = head?.committed['main'] ?? 0;
            if (!evidence || evidence.sequence <= known) return evidence;
            return head && known > 0
              ? { ...evidence, sequence: known, generation: head.generation, commitId: head.commitId ?? '' }
              : null;
          },
          async prepare(intent, output) {
            const prepared = await session.prepare(intent, output);
            const isAhead = prepared.kind === 'stop' && prepared.error.code === 'CHECKPOINT_BEHIND';
            return isAhead ? { kind: 'already-committed', snapshot: intent.outputs[output]?.snapshot ?? '' } : prepared;
          },
        }),
    };
  },

  '503 counts as a refusal': () => ({
    catalog: (catalog) => ({
      ...catalog,
      async commit(...request) {
        const outcome = await catalog.commit(...request);
        const isUnavailable = outcome.kind === 'unknown' && outcome.error.message.includes(UNAVAILABLE);
        return isUnavailable ? { kind: 'refused', error: outcome.error } : outcome;
      },
    }),
  }),

  'files are deleted when the outcome is unknown': ({ process, files }) => {
    const { session, intent } = preparing();
    return {
      session: (inner) => {
        const watched = session(inner);
        return replaced(watched, {
          async send(request) {
            const outcome = await watched.send(request);
            if (outcome.kind === 'unknown')
              for (const path of stagedPaths(intent())) await process.call(() => files.delete(pathOf(path), process.name));
            return outcome;
          },
        });
      },
    };
  },

  'COMMITTING is written after sending': () => ({ state: committingLater }),

  'the writer id is left out of file names': () => ({
    session: (session) =>
      replaced(session, {
        writer: (program, intent, output) => session.writer(program, { ...intent, writerId: 'same' }, output),
      }),
  }),

  'evidence is searched on the first base': () => {
    const first = new Map<string, LoadedTable | 'absent'>();
    const { session, intent } = preparing();
    return {
      session,
      catalog: (catalog) =>
        changedLoads(catalog, (loaded, table) => {
          const current = intent();
          if (!current) return loaded;
          const base = first.get(`${table} ${current.commitId}`) ?? loaded;
          first.set(`${table} ${current.commitId}`, base);
          return withEvidenceOf(loaded, base, current);
        }),
    };
  },

  'the generation is ignored': ({ memory }) => ({
    state: (store) =>
      replaced(store, {
        async read(key) {
          const found = await store.read(key);
          if (found === 'absent') return found;
          const first = (memory.get('generation') ?? found.head.generation) as string;
          memory.set('generation', first);
          return { ...found, head: { ...found.head, generation: first } };
        },
      }),
  }),

  'two tables are committed in two intents': () => ({
    state: (store) =>
      replaced(store, {
        advance: (key, expected, head, units) => {
          const ended = endedWithFirst(head);
          return ended ? store.advance(key, expected, ended.head, ended.records) : store.advance(key, expected, head, units);
        },
      }),
  }),
};

/** Knows which intent is being prepared. */
function preparing(): { session(session: SinkSession): SinkSession; intent(): CommitIntent | null } {
  let current: CommitIntent | null = null;
  let last: CommitIntent | null = null;
  return {
    intent: () => current ?? last,
    session: (session) =>
      replaced(session, {
        async prepare(intent, output) {
          current = intent;
          last = intent;
          try {
            return await session.prepare(intent, output);
          } finally {
            current = null;
          }
        },
        // What a plan is compared with is not concerned.
        evidence: (...request) => {
          last = null;
          return session.evidence(...request);
        },
        inspect: (...request) => {
          last = null;
          return session.inspect(...request);
        },
      }),
  };
}

function changedLoads(
  catalog: Catalog,
  change: (loaded: LoadedTable | 'absent', table: string) => LoadedTable | 'absent',
): Catalog {
  return { ...catalog, load: async (identifier) => change(await catalog.load(identifier), identifier.name) };
}

/** A table that always says that the batch before this one was the last. */
function withMarker(loaded: LoadedTable | 'absent', intent: CommitIntent | null): LoadedTable | 'absent' {
  if (loaded === 'absent' || !intent) return loaded;
  const { key, generation, sequence, writerId } = intent;
  const before = { v: 1, generation, sequence: sequence - 1, commitId: 'any', snapshot: '1', writerId };
  const evidence = sequence > 1 ? { [evidenceName(key)]: JSON.stringify(before) } : {};
  return withoutOwnEvidence(loaded, intent, evidence);
}

/** A table as it is now, with the evidence that it had then. */
function withEvidenceOf(
  loaded: LoadedTable | 'absent',
  base: LoadedTable | 'absent',
  intent: CommitIntent,
): LoadedTable | 'absent' {
  if (loaded === 'absent') return loaded;
  const name = evidenceName(intent.key);
  const marker = base === 'absent' ? undefined : base.metadata.properties?.[name];
  return withoutOwnEvidence(loaded, intent, marker === undefined ? {} : { [name]: marker });
}

function withoutOwnEvidence(loaded: LoadedTable, { key }: CommitIntent, evidence: Record<string, string>): LoadedTable {
  const { [evidenceName(key)]: _, ...properties } = loaded.metadata.properties ?? {};
  const snapshots = (loaded.metadata.snapshots ?? []).map((snapshot) => ({
    ...snapshot,
    summary: Object.fromEntries(Object.entries(snapshot.summary).filter(([entry]) => !entry.startsWith('ingest.'))),
  }));
  return { ...loaded, metadata: { ...loaded.metadata, snapshots, properties: { ...properties, ...evidence } } };
}

function stagedPaths(intent: CommitIntent | null): string[] {
  const staged = Object.values(intent?.outputs ?? {}).flatMap((output) => output.staged);
  return staged.flatMap(({ files }) => files.map((file) => String((file as { path: string }).path)));
}

/** Says that COMMITTING is written, and writes it before the next call. */
function committingLater(store: CheckpointStore): CheckpointStore {
  let held: Parameters<CheckpointStore['advance']> | null = null;
  const flush = async (): Promise<'written' | 'superseded'> => {
    const due = held;
    held = null;
    return due ? store.advance(...due) : 'written';
  };
  return replaced(store, {
    async read(key) {
      await flush();
      return store.read(key);
    },
    async advance(...change) {
      if ((await flush()) === 'superseded') return 'superseded';
      const outputs = Object.values(change[2].intent?.outputs ?? {});
      const isAboutToSend = outputs.some(({ state, attempts }) => state === 'committing' && attempts.at(-1)?.outcome === null);
      if (!isAboutToSend) return store.advance(...change);
      held = change;
      return 'written';
    },
  });
}

/** The head as it would be if the first table were all of the intent; null: it has not just been committed. */
function endedWithFirst(head: Head): { head: Head; records: CommitIntent['records'] } | null {
  const { intent } = head;
  if (!intent) return null;
  const [first, ...others] = Object.values(intent.outputs).map(({ state }) => state);
  if (first !== 'committed' || !others.includes('staged')) return null;
  const committed = { ...head.committed, [Object.keys(intent.outputs)[0] ?? '']: intent.sequence };
  const { generation, commitId, records } = intent;
  return { head: { ...head, generation, committed, commitId, intent: null }, records };
}

/** An object with some methods replaced; the others work on the object itself. */
function replaced<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === 'function' && !(name in methods) ? value.bind(target) : value;
    },
  });
}
