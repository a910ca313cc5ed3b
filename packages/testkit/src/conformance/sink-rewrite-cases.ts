import { deepStrictEqual as equal, ok, strictEqual as same } from 'node:assert';
import type { CommitIntent, Field, ProgramOutput } from '@calve/core/plugin';
import type { TestRow } from '../doubles/rows-batch.ts';
import { withAttempts } from '../doubles/test-intent.ts';
import {
  appendRows,
  type BatchOfTest,
  commitIntent,
  expectedRows,
  type Place,
  readyRequest,
  stageRows,
  tableRows,
} from './sink-examples.ts';
import type { DefineSinkCase } from './sink-session-cases.ts';

const merge: ProgramOutput['mode'] = { kind: 'merge', keys: ['id'], newest: [] };
const newestFirst: ProgramOutput['mode'] = { kind: 'merge', keys: ['id'], newest: ['version'] };
const text: Field['type'] = { kind: 'string' };
const number: Field['type'] = { kind: 'int64' };
const FIELDS: readonly Field[] = [
  { name: 'id', type: number, required: false },
  { name: 'name', type: text, required: false },
  { name: 'version', type: number, required: false },
  { name: '_source_file', type: text, required: false },
];
const other = { tenant: 'test', ingestion: 'returns' };

const row = (id: number, name: string, version: number | null = null, file = 'test:///1.csv'): TestRow => ({
  id: BigInt(id),
  name,
  version: version === null ? null : BigInt(version),
  _source_file: file,
});
const NAMES = FIELDS.map(({ name }) => name);
const THREE = [row(1, 'one', 5), row(2, 'two', 5), row(3, 'three', 5)];

/** The cases of writers that take rows out of a table; each is defined where the sink says that it can. */
export function defineRewriteCases(define: DefineSinkCase): void {
  const rowsAre = async ({ session, target }: Place, rows: readonly TestRow[], message?: string): Promise<void> =>
    equal(await tableRows(session, target), expectedRows(rows, NAMES), message);
  const first = (place: Place): Promise<CommitIntent> => appendRows(place, { fields: FIELDS, rows: THREE });
  const unitsOf = (intent: CommitIntent) => intent.outputs['main']!.staged[0]!.rewrite?.units;
  const ifMode = (kind: ProgramOutput['mode']['kind'], name: string, body: Parameters<DefineSinkCase>[1]): void =>
    define(name, async (place, connect, world) => {
      if (world.sink.modes.includes(kind)) await body(place, connect, world);
    });
  const ifReplaces = (name: string, body: Parameters<DefineSinkCase>[1]): void =>
    define(name, async (place, connect, world) => {
      if (world.sink.replacesFiles) await body(place, connect, world);
    });

  ifMode('merge', 'merge: rows with a known key take the place of those in the table, the others are added', async (place) => {
    await first(place);
    const intent = await appendRows(place, { sequence: 2, mode: merge, fields: FIELDS, rows: [row(2, 'TWO'), row(4, 'four')] });
    await rowsAre(place, [THREE[0]!, THREE[2]!, row(2, 'TWO'), row(4, 'four')]);
    equal(unitsOf(intent), { 'unit-1': { deduplicated: 0, replaced: 1 } });
  });

  ifMode(
    'merge',
    'merge: the greatest value of the newest columns wins, in the batch and against the table, and nulls never do',
    async (place) => {
      await first(place);
      const rows = [row(1, 'older', 4), row(2, 'equal', 5), row(3, 'a', 6), row(3, 'b', 7), row(3, 'c', null), row(4, 'x', null)];
      const intent = await appendRows(place, { sequence: 2, mode: newestFirst, fields: FIELDS, rows });
      await rowsAre(place, [THREE[0]!, row(2, 'equal', 5), row(3, 'b', 7), row(4, 'x', null)]);
      equal(unitsOf(intent), { 'unit-1': { deduplicated: 3, replaced: 2 } });
    },
  );

  ifMode(
    'merge',
    'merge: among equals the file that was modified last wins, then the greater name, then the later row',
    async (place) => {
      const at = (day: number): string => `2024-01-0${day}T00:00:00.000Z`;
      const units = [
        {
          key: 'late',
          uri: 'test:///a.csv',
          modifiedAt: at(2),
          rows: [row(1, 'late'), row(2, 'first of late'), row(2, 'last of late')],
        },
        { key: 'z', uri: 'test:///z.csv', modifiedAt: at(1), rows: [row(1, 'early'), row(3, 'z')] },
        { key: 'y', uri: 'test:///y.csv', modifiedAt: at(1), rows: [row(3, 'y')] },
      ];
      const intent = await appendRows(place, { mode: merge, fields: FIELDS, units });
      await rowsAre(place, [row(1, 'late'), row(2, 'last of late'), row(3, 'z')]);
      equal(unitsOf(intent), {
        late: { deduplicated: 1, replaced: 0 },
        z: { deduplicated: 1, replaced: 0 },
        y: { deduplicated: 1, replaced: 0 },
      });
    },
  );

  ifMode(
    'merge',
    'merge: a row of the table that is newer than all incoming ones stays, and so do others of its key',
    async (place) => {
      await appendRows(place, { fields: FIELDS, rows: [row(1, 'old', 1), row(1, 'new', 9)] });
      await appendRows(place, { sequence: 2, mode: newestFirst, fields: FIELDS, rows: [row(1, 'between', 5)] });
      await rowsAre(place, [row(1, 'old', 1), row(1, 'new', 9)]);
      await appendRows(place, { sequence: 3, mode: newestFirst, fields: FIELDS, rows: [row(1, 'newest', 9)] });
      await rowsAre(place, [row(1, 'newest', 9)]);
    },
  );

  ifMode('overwrite-table', 'overwrite: the rows of a batch take the place of all others', async (place) => {
    await first(place);
    const intent = await appendRows(place, {
      sequence: 2,
      mode: { kind: 'overwrite-table' },
      fields: FIELDS,
      rows: [row(9, 'nine')],
    });
    await rowsAre(place, [row(9, 'nine')]);
    equal(unitsOf(intent), { 'unit-1': { deduplicated: 0, replaced: 3 } });
  });

  for (const kind of ['overwrite-table', 'overwrite-partitions'] as const)
    ifMode(kind, `${kind}: a batch without rows replaces nothing, and moves the evidence`, async (place) => {
      await first(place);
      const intent = await appendRows(place, { sequence: 2, mode: { kind }, fields: FIELDS, units: [{ rows: [] }] });
      await rowsAre(place, THREE);
      same((await place.session.evidence(place.target, intent.key))?.sequence, 2);
    });

  ifReplaces('replace: the rows that name a corrected file go, and no others', async (place) => {
    const [mine, others] = ['test:///mine.csv', 'test:///mine.csv2'];
    await appendRows(place, { fields: FIELDS, rows: [row(1, 'a', 1, mine), row(2, 'b', 1, others), row(3, 'c', 1, mine)] });
    const units = [{ uri: mine, replaces: true, rows: [row(1, 'corrected', 1, mine)] }];
    const intent = await appendRows(place, { sequence: 2, fields: FIELDS, units });
    await rowsAre(place, [row(2, 'b', 1, others), row(1, 'corrected', 1, mine)]);
    equal(unitsOf(intent), { 'unit-1': { deduplicated: 0, replaced: 2 } });
    const empty = await appendRows(place, { sequence: 3, fields: FIELDS, units: [{ uri: mine, replaces: true, rows: [] }] });
    await rowsAre(place, [row(2, 'b', 1, others)]);
    equal(unitsOf(empty), { 'unit-1': { deduplicated: 0, replaced: 1 } });
  });

  ifReplaces(
    'replace: rows that a corrected file brings are merged after its own are gone',
    async (place, _connect, { sink }) => {
      if (!sink.modes.includes('merge')) return;
      const mine = 'test:///mine.csv';
      await appendRows(place, { fields: FIELDS, rows: [row(1, 'wrong', 9, mine), row(2, 'other', 5)] });
      const units = [{ uri: mine, replaces: true, rows: [row(1, 'right', 1, mine), row(2, 'older', 4, mine)] }];
      await appendRows(place, { sequence: 2, mode: newestFirst, fields: FIELDS, units });
      await rowsAre(place, [row(2, 'other', 5), row(1, 'right', 1, mine)]);
    },
  );

  const rewrites: [name: string, batch: BatchOfTest][] = [
    ['merge', { mode: merge, fields: FIELDS, rows: [row(2, 'TWO')] }],
    ['overwrite-table', { mode: { kind: 'overwrite-table' }, fields: FIELDS, rows: [row(2, 'TWO')] }],
  ];
  for (const [name, batch] of rewrites) {
    const kind = batch.mode!.kind;
    ifMode(
      kind,
      `${name}: is staged again when another writer added rows of what it replaces, and then takes them too`,
      async (place, connect) => {
        const second = await connect();
        await first(place);
        const staged = await stageRows(place, { ...batch, sequence: 2 });
        await appendRows(second, { key: other, fields: FIELDS, rows: [row(2, 'foreign')] });
        const stopped = await place.session.prepare(staged, 'main');
        ok(stopped.kind === 'stop', `prepare said "${stopped.kind}"`);
        same(stopped.error.code, 'REWRITE_CONFLICT');
        same(stopped.error.recovery.kind, 'replan');
        same(stopped.isVoid, true, 'nothing was sent, and the answer does not say so');
        await appendRows(place, { ...batch, sequence: 2 });
        await rowsAre(place, name === 'merge' ? [THREE[0]!, THREE[2]!, row(2, 'TWO')] : [row(2, 'TWO')]);
      },
    );

    ifMode(
      kind,
      `${name}: says that a request may still arrive while the head that it asserts is there`,
      async (place, connect) => {
        await first(place);
        const staged = await stageRows(place, { ...batch, sequence: 2 });
        const { head } = readyRequest(await place.session.prepare(staged, 'main'));
        const second = await connect();
        await appendRows(second, { key: other, fields: FIELDS, rows: [row(2, 'foreign')] });
        const sent = withAttempts(staged, 'main', [null]);
        const main = sent.outputs['main']!;
        const state = await place.session.inspect(place.target);
        for (const [asserted, isVoid] of [
          [head, true],
          [state === 'absent' ? null : state.snapshot, undefined],
        ] as const) {
          const attempted = { ...sent, outputs: { main: { ...main, attempts: [{ head: asserted, outcome: null }] } } };
          const stopped = await place.session.prepare(attempted, 'main');
          ok(stopped.kind === 'stop', `prepare said "${stopped.kind}"`);
          same(stopped.isVoid, isVoid);
        }
      },
    );

    ifMode(kind, `${name}: another session finishes what one has staged`, async (place, connect) => {
      await first(place);
      const staged = JSON.parse(JSON.stringify(await stageRows(place, { ...batch, sequence: 2 }))) as CommitIntent;
      const second = await connect();
      await commitIntent(second.session, staged);
      same((await place.session.prepare(staged, 'main')).kind, 'already-committed');
      await rowsAre(place, name === 'merge' ? [THREE[0]!, THREE[2]!, row(2, 'TWO')] : [row(2, 'TWO')]);
    });

    ifMode(kind, `${name}: what is given up leaves the files of the table alone`, async (place) => {
      await first(place);
      const staged = await stageRows(place, { ...batch, sequence: 2 });
      await place.session.abandon(staged, 'main');
      same(await place.session.stagedFilesExist(staged, 'main'), false);
      await rowsAre(place, THREE);
    });
  }
}
