import { deepStrictEqual as equal, ok, rejects, strictEqual as same } from 'node:assert';
import type { CommitIntent, Field, Json, SinkPlugin } from '@calve/core/plugin';
import { CalveError, poisonReleasedMemory, sameType } from '@calve/core/plugin';
import { type TestContext, testContext } from '../doubles/test-context.ts';
import type { ConformanceCase, ConformanceException, ConformanceIt } from './conformance-case.ts';
import { registerCases } from './conformance-case.ts';
import { defineAbandonCases } from './sink-abandon-cases.ts';
import type { Place } from './sink-examples.ts';
import {
  appendRows,
  expectedRows,
  plannedIntent,
  ROW_FIELDS,
  ROWS,
  readyRequest,
  stageRows,
  tableRows,
} from './sink-examples.ts';
import { defineRewriteCases } from './sink-rewrite-cases.ts';
import { type DefineSinkCase, defineSinkSessionCases } from './sink-session-cases.ts';

/** A catalog of a test, empty when it starts. */
export interface SinkWorld<Options> {
  /** Every `connect()` gives another session on the same catalog. */
  sink: SinkPlugin<Options, unknown>;
  /** Options of one table that does not exist yet, as a user writes them. */
  target: Json;
  stop?(): Promise<void>;
}

/** What the suite needs of a sink. */
export interface SinkHarness<Options> {
  start(): Promise<SinkWorld<Options>>;
  exceptions?: readonly ConformanceException[];
}

const NEW_FIELD: Field = { name: 'score', type: { kind: 'float64' }, required: false };
const other = { tenant: 'test', ingestion: 'returns' };

/**
 * Tries the sentences of the `SinkPlugin` contract for sinks that append; those about merging, overwriting and replacing where the sink says that it can.
 *
 * @example
 * sinkConformance(it, { start: async () => ({ sink, target: { table: 'sales.orders' }, stop }) });
 */
export function sinkConformance<Options>(it: ConformanceIt, harness: SinkHarness<Options>): void {
  const cases: ConformanceCase[] = [];
  const define: DefineSinkCase = (name, body) => cases.push({ name, run: () => withPlaces(harness, body) });
  defineSinkSessionCases(define);

  define('inspect: a table that does not exist is absent, has no rows and proves nothing', async ({ session, target }) => {
    same(await session.inspect(target), 'absent');
    equal(await tableRows(session, target), []);
    same(await session.evidence(target, { tenant: 'test', ingestion: 'orders' }), null);
    equal(await session.check(), []);
  });

  define('planChanges: creates the table with an id for every column, and changes nothing', async ({ session, target }) => {
    const plan = session.planChanges('absent', ROW_FIELDS, target);
    ok(plan.kind === 'changes');
    equal(
      plan.changes.map((change) => change.kind),
      ['create-table'],
    );
    equal(
      plan.fields.map((field) => field.name),
      ['id', 'name'],
    );
    same(new Set(plan.fields.map((field) => field.id ?? 'none')).size, 2, 'ids are missing or not unique');
    equal(plan, JSON.parse(JSON.stringify(plan)), 'the changes are not plain JSON');
    same(await session.inspect(target), 'absent');
  });

  define('commit: create and append in one commit, and the same rows come back', async (place) => {
    const { session, target } = place;
    const intent = await stageRows(place);
    const { head, request } = readyRequest(await session.prepare(intent, 'main'));
    same(head, null);
    same(await session.inspect(target), 'absent', 'prepare has created the table');
    equal(await session.send(JSON.parse(JSON.stringify(request)) as Json), {
      kind: 'committed',
      snapshot: intent.outputs['main']?.snapshot,
    });
    equal(await tableRows(session, target), expectedRows(ROWS));
    const state = await session.inspect(target);
    ok(state !== 'absent');
    same(state.snapshot, intent.outputs['main']?.snapshot);
    ok(
      state.fields.every((field, at) => field.id !== undefined && sameType(field.type, ROW_FIELDS[at]!.type)),
      'the columns are others',
    );
    equal(state, JSON.parse(JSON.stringify(state)), 'the state is not plain JSON');
  });

  define('commit: another session sends what one has prepared', async (place, connect) => {
    const intent = await stageRows(place);
    const { request } = readyRequest(await place.session.prepare(intent, 'main'));
    const second = await connect();
    same((await second.session.send(JSON.parse(JSON.stringify(request)) as Json)).kind, 'committed');
    equal(await tableRows(second.session, second.target), expectedRows(ROWS));
  });

  define('commit: a second batch adds its rows', async (place) => {
    await appendRows(place);
    await appendRows(place, { sequence: 2, rows: [{ id: 5n, name: 'five' }] });
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, { id: 5n, name: 'five' }]));
  });

  define('commit: an empty first output commits and moves the evidence', async (place) => {
    const { session, target } = place;
    await appendRows(place);
    const empty = await appendRows(place, { sequence: 2, rows: [] });
    equal(await tableRows(session, target), expectedRows(ROWS));
    const evidence = await session.evidence(target, empty.key);
    same(evidence?.sequence, 2);
    same(evidence?.commitId, empty.commitId);
  });

  define('evidence: tells generation, sequence, commit and snapshot of the last batch of each ledger', async (place) => {
    const { session, target } = place;
    const first = await appendRows(place);
    const foreign = await appendRows(place, { key: other });
    for (const intent of [first, foreign]) {
      const { kept, ...evidence } = (await session.evidence(target, intent.key)) ?? { kept: 'nothing' };
      equal(evidence, {
        generation: intent.generation,
        sequence: 1,
        commitId: intent.commitId,
        snapshot: intent.outputs['main']?.snapshot,
      });
      ok(['property', 'tag', 'summary'].includes(kept));
    }
    same(await session.evidence(target, { tenant: 'test', ingestion: 'never' }), null);
  });

  define('prepare: an intent that is in the table is already committed, for every session', async (place, connect) => {
    const intent = await appendRows(place);
    const expected = { kind: 'already-committed', snapshot: intent.outputs['main']?.snapshot };
    equal(await place.session.prepare(intent, 'main'), expected);
    equal(await (await connect()).session.prepare(intent, 'main'), expected);
    await appendRows(place, { key: other });
    equal(await place.session.prepare(intent, 'main'), expected, 'a foreign commit hides the evidence');
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, ...ROWS]));
  });

  define('send: the same request twice commits once', async (place) => {
    const { request } = readyRequest(await place.session.prepare(await stageRows(place), 'main'));
    same((await place.session.send(request)).kind, 'committed');
    const again = await place.session.send(request);
    ok(again.kind === 'conflict' || again.kind === 'refused', `the second answer is "${again.kind}"`);
    equal(await tableRows(place.session, place.target), expectedRows(ROWS));
  });

  define('send: of two racing intents one commits, and the other commits on the new head', async (place, connect) => {
    const second = await connect();
    await appendRows(place);
    const ours = await stageRows(place, { sequence: 2, rows: [{ id: 10n, name: 'ours' }] });
    const theirs = await stageRows(second, { key: other, rows: [{ id: 20n, name: 'theirs' }] });
    const [a, b] = [
      readyRequest(await place.session.prepare(ours, 'main')),
      readyRequest(await second.session.prepare(theirs, 'main')),
    ];
    same(a.head, b.head);
    same((await second.session.send(b.request)).kind, 'committed');
    same((await place.session.send(a.request)).kind, 'conflict');
    const retried = readyRequest(await place.session.prepare(ours, 'main'));
    same(retried.head, theirs.outputs['main']?.snapshot);
    same((await place.session.send(retried.request)).kind, 'committed');
    equal(
      await tableRows(place.session, place.target),
      expectedRows([...ROWS, { id: 10n, name: 'ours' }, { id: 20n, name: 'theirs' }]),
    );
  });

  define('send: of two creations at the same time one commits', async (place, connect) => {
    const second = await connect();
    const [ours, theirs] = [await stageRows(place), await stageRows(second, { key: other })];
    const requests = [
      readyRequest(await place.session.prepare(ours, 'main')),
      readyRequest(await second.session.prepare(theirs, 'main')),
    ] as const;
    same((await place.session.send(requests[0].request)).kind, 'committed');
    same((await second.session.send(requests[1].request)).kind, 'conflict');
    const stopped = await second.session.prepare(theirs, 'main');
    ok(stopped.kind === 'stop', `prepare said "${stopped.kind}" for a plan on an empty world`);
    same(stopped.error.code, 'PLAN_STALE');
    equal(await tableRows(place.session, place.target), expectedRows(ROWS));
  });

  const stops: [name: string, code: string, change: (intent: CommitIntent) => CommitIntent][] = [
    [
      'another commit with the number of one that is in the table',
      'MARKER_CONFLICT',
      (intent) => ({ ...intent, commitId: 'another' }),
    ],
    ['a batch whose predecessor is missing', 'MARKER_BEHIND', (intent) => ({ ...intent, sequence: 3, commitId: 'third' })],
    [
      'a table that was dropped and created again',
      'TABLE_REPLACED',
      (intent) => replaced({ ...intent, sequence: 2, commitId: 'second' }),
    ],
  ];
  for (const [name, code, change] of stops) {
    define(`prepare: stops for ${name}`, async (place) => {
      await appendRows(place);
      const state = await place.session.inspect(place.target);
      const stopped = await place.session.prepare(change(plannedIntent(place.session, state, place.target)), 'main');
      ok(stopped.kind === 'stop', `prepare said "${stopped.kind}"`);
      same(stopped.error.code, code);
    });
  }

  define('prepare: stops when the table is ahead of the intent', async (place) => {
    const first = await appendRows(place);
    await appendRows(place, { sequence: 2 });
    const state = await place.session.inspect(place.target);
    const late = { ...plannedIntent(place.session, state, place.target), commitId: first.commitId };
    const stopped = await place.session.prepare(late, 'main');
    ok(stopped.kind === 'stop', `prepare said "${stopped.kind}"`);
    same(stopped.error.code, 'CHECKPOINT_BEHIND');
  });

  define('schema: a new column is added in the commit of its rows, and earlier rows have null in it', async (place) => {
    await appendRows(place);
    const rows = [{ id: 6n, name: 'six', score: 0.5 }];
    await appendRows(place, { sequence: 2, fields: [...ROW_FIELDS, NEW_FIELD], rows });
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, ...rows], ['id', 'name', 'score']));
  });

  define('schema: a column that a batch lacks becomes null', async (place) => {
    await appendRows(place);
    await appendRows(place, { sequence: 2, fields: [ROW_FIELDS[0]!], rows: [{ id: 7n }] });
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, { id: 7n }]));
  });

  define('schema: columns are found by name, in whatever order they come', async (place) => {
    await appendRows(place);
    await appendRows(place, { sequence: 2, fields: [...ROW_FIELDS].reverse(), rows: [{ id: 8n, name: 'eight' }] });
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, { id: 8n, name: 'eight' }]));
  });

  define('schema: a column that was renamed is known by its former name too', async (place) => {
    const { session, target } = place;
    await appendRows(place);
    const state = await session.inspect(target);
    ok(state !== 'absent' && state.renamed === undefined, 'a new table has columns that had other names');
    const fields = ROW_FIELDS.map((field) => (field.name === 'name' ? { ...field, name: 'title' } : field));
    const decisions = { renames: [{ from: ['name'], to: ['title'] }], drops: [] };
    // A sink need not rename columns.
    if (session.planChanges(state, fields, target, decisions).kind === 'impossible') return;
    await appendRows(place, { sequence: 2, fields, decisions, rows: [{ id: 5n, title: 'five' }] });
    const after = await session.inspect(target);
    equal(after !== 'absent' && after.renamed, decisions.renames);
  });

  define('schema: another type for a column is impossible, and both types are named', async (place) => {
    await appendRows(place);
    const state = await place.session.inspect(place.target);
    const plan = place.session.planChanges(
      state,
      [ROW_FIELDS[0]!, { ...ROW_FIELDS[1]!, type: { kind: 'boolean' } }],
      place.target,
    );
    ok(plan.kind === 'impossible', 'the plan has changes');
    ok(/string/.test(plan.diagnostic.message) && /boolean/.test(plan.diagnostic.message), plan.diagnostic.message);
  });

  define('read: rows that another writer has committed since are there', async (place, connect) => {
    await appendRows(place);
    const second = await connect();
    await appendRows(second, { key: other, rows: [{ id: 9n, name: 'foreign' }] });
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, { id: 9n, name: 'foreign' }]));
  });

  define('read: gives the columns, the number of rows and the snapshot that were asked for', async (place) => {
    const { session, target } = place;
    const first = await appendRows(place);
    await appendRows(place, { sequence: 2, rows: [{ id: 5n, name: 'five' }] });
    equal(await tableRows(session, target, { columns: [['name']] }), expectedRows([...ROWS, { name: 'five' }], ['name']));
    same((await tableRows(session, target, { limit: 2 })).length, 2);
    equal(await tableRows(session, target, { limit: 0 }), []);
    const snapshot = first.outputs['main']?.snapshot ?? '';
    equal(await tableRows(session, target, { snapshot }), expectedRows(ROWS));
  });

  define('writer: a batch is not read after its release', async (place) => {
    poisonReleasedMemory(true);
    try {
      const rows = Array.from({ length: 300 }, (_, at) => ({ id: BigInt(at), name: `name ${at}` }));
      await appendRows(place, { rows });
      equal(await tableRows(place.session, place.target), expectedRows(rows));
    } finally {
      poisonReleasedMemory(false);
    }
  });

  define('writer: is portable: a file URL, an export name and plain JSON', async (place) => {
    const intent = await stageRows(place);
    const { module, exportName, config } = place.session.writer(intent.program, intent, 'main');
    ok(module.startsWith('file:'), `${module} is no file URL`);
    same(typeof exportName, 'string');
    equal(config, JSON.parse(JSON.stringify(config)));
  });

  define('writer: no rows give no files, and what is aborted leaves the table alone', async (place) => {
    const { session, context, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const ports = { openOutput: (name: string) => session.openOutput(name) };
    const portable = session.writer(intent.program, intent, 'main');
    equal(await (await portable.create(context, ports)).finish(), { files: [], rows: 0 });
    await (await portable.create(context, ports)).abort();
    same(await session.inspect(target), 'absent');
  });

  define('openOutput: refuses a name that exists', async (place) => {
    const names: string[] = [];
    const { session, context, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const recording = { ...place, session: recordNames(session, names) };
    await stageRows({ ...recording, context });
    same(names.length > 0, true, `no file was opened for ${intent.commitId}`);
    await rejects(() => session.openOutput(names[0]!), CalveError.is);
  });

  define(
    'commits: those of a ledger, newest first, with what the evidence said of each; a sink may do without',
    async (place) => {
      const { session, target } = place;
      if (!session.commits) return;
      equal(await session.commits(target, { tenant: 'test', ingestion: 'orders' }), []);
      const own = [await appendRows(place)];
      const foreign = await appendRows(place, { key: other });
      own.unshift(await appendRows(place, { sequence: 2, rows: [{ id: 5n, name: 'five' }] }));
      for (const intents of [own, [foreign]]) {
        const found = await session.commits(target, intents[0]!.key);
        equal(
          found.map(({ generation, sequence, commitId, snapshot, state }) => ({
            generation,
            sequence,
            commitId,
            snapshot,
            state,
          })),
          intents.map(({ generation, sequence, commitId, outputs }) => ({
            ...{ generation, sequence, commitId, snapshot: outputs['main']!.snapshot },
            state: 'live',
          })),
        );
        equal(found, JSON.parse(JSON.stringify(found)));
      }
    },
  );

  defineAbandonCases(define);
  defineRewriteCases(define);

  registerCases(it, cases, harness.exceptions);
}

function replaced(intent: CommitIntent): CommitIntent {
  const main = intent.outputs['main'];
  return main ? { ...intent, outputs: { main: { ...main, identity: '00000000-0000-4000-8000-000000000000' } } } : intent;
}

function recordNames(session: Place['session'], names: string[]): Place['session'] {
  return new Proxy(session, {
    get(object, name) {
      if (name === 'openOutput')
        return (file: string) => {
          names.push(file);
          return object.openOutput(file);
        };
      const value = Reflect.get(object, name, object) as unknown;
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}

async function withPlaces<Options>(harness: SinkHarness<Options>, body: Parameters<DefineSinkCase>[1]): Promise<void> {
  const { sink, target, stop } = await harness.start();
  const validated = await sink.options['~standard'].validate(target);
  if (validated.issues) throw new TypeError(`the target of the harness is not valid: ${validated.issues[0]?.message}`);
  const options = validated.value as unknown as Json;
  const opened: Place[] = [];
  const contexts: TestContext[] = [];
  const connect = async (): Promise<Place> => {
    const context = testContext();
    contexts.push(context);
    const place = { session: await sink.connect(context), context, target: options };
    opened.push(place);
    return place;
  };
  try {
    await body(await connect(), connect, { sink: sink as SinkPlugin<unknown, unknown>, given: target });
  } finally {
    for (const { session } of opened) await session.close();
    await stop?.();
  }
  for (const context of contexts) same(context.outstandingReservations, 0, 'memory was reserved and not released');
}
