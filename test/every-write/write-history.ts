import fc from 'fast-check';
import type { Mode, SpecOptions } from './lake-world.ts';

/** One row of a file; small domains, so that keys, days and ages collide. */
export interface FileRow {
  id: number | null;
  name: string;
  updated: number | null;
  day: string;
}

/** Where a process stops and others go on: at the given one of the steps that it passes. */
export interface Interruption {
  /** 0: the first step. Beyond the last one: never. */
  step: number;
  /** The process stays there for good, or until somebody wakes it; or another writer commits there and it goes on. */
  what: 'stops' | 'other-appends' | 'other-overwrites' | 'other-merges';
}

/** What happens, one after the other. */
export type Happening =
  /** A file arrives, or is there with other content. */
  { kind: 'file'; name: string; rows: FileRow[] } | { kind: 'run'; interruptions: Interruption[] } | { kind: 'wake' };

/** One history: how the ingestion writes, and what happens. */
export interface WriteHistory {
  mode: Mode;
  onChanged: 'append' | 'replace';
  isPartitioned: boolean;
  happenings: Happening[];
}

const day = fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03');

const row: fc.Arbitrary<FileRow> = fc.record({
  id: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 12 }),
  name: fc.constantFrom('a', 'b', 'ö', 'a long name of more than sixteen letters'),
  updated: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 8 }),
  day,
});

const interruption: fc.Arbitrary<Interruption> = fc.record({
  step: fc.integer({ min: 0, max: 16 }),
  what: fc.constantFrom('stops', 'stops', 'other-appends', 'other-overwrites', 'other-merges'),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      name: fc.constantFrom('a.csv', 'b.csv', 'c.csv'),
      rows: fc.array(row, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('run' as const), interruptions: fc.array(interruption, { maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wake' as const) }) },
);

const mode: fc.Arbitrary<Mode> = fc.oneof(
  fc.constant<Mode>({ mode: 'append' }),
  fc.constant<Mode>({ mode: 'overwrite-table' }),
  fc.constant<Mode>({ mode: 'overwrite-partitions' }),
  fc.constant<Mode>({ mode: 'merge', keys: ['id'] }),
  fc.constant<Mode>({ mode: 'merge', keys: ['id'], newest: ['updated'] }),
  fc.constant<Mode>({ mode: 'merge', keys: ['id'], newest: ['updated'] }),
);

/** Random histories. */
export const writeHistories: fc.Arbitrary<Omit<WriteHistory, 'isPartitioned'>> = fc
  .record({
    mode,
    onChanged: fc.constantFrom('append' as const, 'replace' as const, 'replace' as const),
    happenings: fc.array(happening, { minLength: 4, maxLength: 12 }),
  })
  .map((history) => ({ ...history, onChanged: history.mode.mode.startsWith('overwrite') ? 'append' : history.onChanged }));

/** The ingestion of a history. */
export function specOptionsOf({ mode: how, onChanged, isPartitioned }: WriteHistory): SpecOptions {
  return { id: 'orders', mode: how, onChanged, pattern: '[abc].csv', target: targetOf(isPartitioned) };
}

/** The table of a history. Where it is partitioned, every commit merges the manifests that it finds. */
export function targetOf(isPartitioned: boolean): NonNullable<SpecOptions['target']> {
  if (!isPartitioned) return {};
  return { partitionBy: [{ transform: 'identity', column: 'day' }], properties: { 'commit.manifest.min-count-to-merge': '2' } };
}

/** A CSV file. Each content is another one, since the same content twice is not loaded twice. */
export function fileText(rows: readonly FileRow[], number: number): string {
  const lines = rows.map(({ id, name, updated, day: on }) => `${id ?? ''},${name},${updated ?? ''},${on},${number}\n`);
  return `id,name,updated,day,delivery\n${lines.join('')}`;
}
