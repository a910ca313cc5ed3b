import { deepStrictEqual as equal, notDeepStrictEqual, ok, rejects, strictEqual as same } from 'node:assert';
import type { ColumnBatch, Json, OutputFile, SinkPlugin, StagedFiles, TableWriter, WriterPorts } from '@calve/core/plugin';
import { CalveError, rebuildPortable } from '@calve/core/plugin';
import { rowsBatch } from '../doubles/rows-batch.ts';
import { testContext } from '../doubles/test-context.ts';
import { testIntent, testProgram, withStagedFiles } from '../doubles/test-intent.ts';
import { assertOptionsAreChecked, assertOptionsAreStable, assertOptionsNeverThrow } from './plugin-checks.ts';
import type { Place } from './sink-examples.ts';
import {
  appendRows,
  commitIntent,
  expectedRows,
  plannedIntent,
  REJECTED_FIELDS,
  ROW_FIELDS,
  ROWS,
  readyRequest,
  stageRows,
  tableRows,
} from './sink-examples.ts';

/** A sink with the options of one table, as a user writes them. */
export interface SinkOfTest {
  sink: SinkPlugin<unknown, unknown>;
  given: Json;
}

/** Adds a case, which gets an empty catalog. */
export type DefineSinkCase = (
  name: string,
  body: (place: Place, connect: () => Promise<Place>, subject: SinkOfTest) => Promise<void>,
) => void;

/** The cases of the plugin, of what every session does, and of writers and files. */
export function defineSinkSessionCases(define: DefineSinkCase): void {
  define('plugin: speaks sink/1, appends, and its options are checked at once', async (_place, _connect, { sink, given }) => {
    same(sink.contract, 'sink/1');
    ok(sink.modes.includes('append'), 'the suite is for sinks that append');
    assertOptionsAreChecked(sink, given);
  });

  define('plugin: checked options are plain JSON, and checking them again changes nothing', async (_place, _connect, subject) => {
    assertOptionsAreStable(subject.sink, subject.given);
  });

  define(
    'plugin: whatever stands in the options, the check lists issues and throws nothing',
    async (_place, _connect, subject) => {
      assertOptionsNeverThrow(subject.sink, subject.given);
    },
  );

  define(
    'quarantine: gives the options of another table, which its own check takes',
    async ({ session, target }, _connect, { sink }) => {
      const first = sink.quarantine(target);
      equal(sink.quarantine(target), first);
      const checked = await sink.options['~standard'].validate(first);
      ok(!checked.issues, JSON.stringify(checked.issues));
      const name = session.describe(checked.value as Json).name;
      notDeepStrictEqual(name, session.describe(target).name);
      const plan = session.planChanges('absent', REJECTED_FIELDS, checked.value as Json);
      same(plan.kind, 'changes');
    },
  );

  define('session: names its table, and tells how other engines reach it, as plain JSON', async ({ session, target }) => {
    const { name, location } = session.describe(target);
    ok(name.length > 0 && location.length > 0);
    for (const access of [session.externalAccess(), session.tableAccess(target)]) {
      equal(JSON.parse(JSON.stringify(access)), access);
      ok(access.kind === 'spark' ? access.uri.includes(':') : access.reason.length > 0);
    }
  });

  define('session: calls may be concurrent until close', async (place) => {
    await appendRows(place);
    const { session, target } = place;
    const once = [await session.inspect(target), await tableRows(session, target)] as const;
    const many = await Promise.all(
      Array.from({ length: 5 }, async () => [await session.inspect(target), await tableRows(session, target)] as const),
    );
    for (const one of many) equal(one, once);
  });

  define('session: check changes nothing', async (place) => {
    await appendRows(place);
    const before = await place.session.inspect(place.target);
    equal(await place.session.check(), []);
    equal(await place.session.inspect(place.target), before);
  });

  define('planChanges: is pure', async (place) => {
    await appendRows(place);
    const state = await place.session.inspect(place.target);
    const before = structuredClone(state);
    const first = place.session.planChanges(state, ROW_FIELDS, place.target);
    equal(place.session.planChanges(state, ROW_FIELDS, place.target), first);
    equal(state, before);
    ok(first.kind === 'changes' && first.changes.length === 0, 'a table that fits would be changed');
  });

  define('prepare: sends nothing, and may be done again', async (place) => {
    await appendRows(place);
    const intent = await stageRows(place, { sequence: 2, rows: [{ id: 5n, name: 'five' }] });
    const before = await place.session.inspect(place.target);
    for (let turn = 0; turn < 2; turn += 1) same((await place.session.prepare(intent, 'main')).kind, 'ready');
    equal(await place.session.inspect(place.target), before);
    await commitIntent(place.session, intent);
    equal(await tableRows(place.session, place.target), expectedRows([...ROWS, { id: 5n, name: 'five' }]));
  });

  define('prepare: looks at the table anew each time, and finds what another session has sent since', async (place, connect) => {
    // Without rows there are no files that could be found in the table instead of the evidence.
    const intent = await stageRows(place, { rows: [] });
    const { request } = readyRequest(await place.session.prepare(intent, 'main'));
    same((await (await connect()).session.send(request)).kind, 'committed');
    const snapshot = intent.outputs['main']?.snapshot;
    equal(await place.session.prepare(intent, 'main'), { kind: 'already-committed', snapshot });
  });

  define(
    'commit: a second output of the same intent commits for itself, with evidence of its own',
    async (place, _connect, subject) => {
      const { session, target, context } = place;
      const rejectedRows = [{ line: 7n, _ingested_at: 1_704_067_200_000_000n }];
      const tables = [
        { name: 'main', target, fields: ROW_FIELDS, rows: ROWS },
        {
          name: 'rejected',
          target: await checked(subject, subject.sink.quarantine(target)),
          fields: REJECTED_FIELDS,
          rows: rejectedRows,
        },
      ];
      const outputs = tables.map((table) => {
        const plan = session.planChanges('absent', table.fields, table.target);
        ok(plan.kind === 'changes', 'the table cannot be created');
        return { name: table.name, target: table.target, fields: plan.fields, changes: plan.changes };
      });
      let intent = testIntent(testProgram(outputs));
      for (const { name, fields, rows } of tables) {
        const writer = await session.writer(intent.program, intent, name).create(context, portsOf(place));
        intent = withStagedFiles(intent, name, await writeRows(writer, true, rowsBatch(fields, rows)));
      }
      for (const { name } of tables) {
        const prepared = await session.prepare(intent, name);
        ok(prepared.kind === 'ready', `prepare of "${name}" said "${prepared.kind}"`);
        same((await session.send(prepared.request)).kind, 'committed');
      }
      for (const table of tables) {
        same((await tableRows(session, table.target)).length, table.rows.length);
        same((await session.evidence(table.target, intent.key))?.snapshot, intent.outputs[table.name]?.snapshot);
      }
    },
  );

  define('read: ends with CANCELLED when the signal is aborted, and may be left early', async (place) => {
    await appendRows(place);
    const { session, target } = place;
    const read = async (signal: AbortSignal): Promise<void> => {
      for await (const batch of session.read(target, { signal })) batch.release();
    };
    await rejects(read(AbortSignal.abort()), (error) => CalveError.is(error) && error.code === 'CANCELLED');
    for await (const batch of session.read(target, { signal: new AbortController().signal })) {
      batch.release();
      break;
    }
    equal(await tableRows(session, target), expectedRows(ROWS));
  });

  defineWriterCases(define);
}

function defineWriterCases(define: DefineSinkCase): void {
  define('writer: what it stages is plain JSON, counted in rows, and under names never used before', async (place) => {
    const intents = [await stageRows(place), await stageRows(place)];
    const names = intents.flatMap(({ outputs }) => outputs['main']!.staged.flatMap(({ files }) => files));
    equal(JSON.parse(JSON.stringify(names)), names);
    same(new Set(names.map((file) => JSON.stringify((file as { path?: Json }).path ?? file))).size, names.length);
    for (const intent of intents) same(await place.session.stagedFilesExist(intent, 'main'), true);
  });

  define('writer: two workers that stage the same batch never write to one file', async (place) => {
    const { session, context, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const opened: string[] = [];
    const ports: WriterPorts = {
      openOutput: (name) => {
        opened.push(name);
        return session.openOutput(name);
      },
    };
    const staged: (StagedFiles | Error)[] = [];
    for (const writerId of ['worker-1', 'worker-2']) {
      const writer = await session.writer(intent.program, { ...intent, writerId }, 'main').create(context, ports);
      staged.push(await writeRows(writer).catch((error: Error) => error));
    }
    equal(opened, [...new Set(opened)]);
    for (const files of staged) ok(!(files instanceof Error) && files.rows === ROWS.length, String(files));
  });

  define('writer: gives the same rows when it is rebuilt from module, export name and JSON', async (place) => {
    const { session, context, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const { module, exportName, config } = session.writer(intent.program, intent, 'main');
    const description = JSON.parse(JSON.stringify({ module, exportName, config }));
    const writer = await rebuildPortable<TableWriter, WriterPorts>(description, context, portsOf(place));
    await commitIntent(session, withStagedFiles(intent, 'main', await writeRows(writer)));
    equal(await tableRows(session, target), expectedRows(ROWS));
  });

  for (const isFinished of [false, true]) {
    define(`writer: abort deletes what was written${isFinished ? ', finished files too' : ''}`, async (place) => {
      const { session, context, target } = place;
      const intent = plannedIntent(session, await session.inspect(target), target);
      const opened: string[] = [];
      const ports = {
        openOutput: (name: string) => {
          opened.push(name);
          return session.openOutput(name);
        },
      };
      const writer = await session.writer(intent.program, intent, 'main').create(context, ports);
      const staged = await writeRows(writer, isFinished);
      await writer.abort();
      if (staged.rows > 0) same(await session.stagedFilesExist(withStagedFiles(intent, 'main', staged), 'main'), false);
      // A name that is free again can be opened.
      for (const name of opened) await (await session.openOutput(name)).abort();
      same(await session.inspect(target), 'absent');
    });
  }

  define('writer: ends with CANCELLED when the signal is aborted', async (place) => {
    const { session, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const controller = new AbortController();
    const context = testContext({ signal: controller.signal });
    const writer = await session.writer(intent.program, intent, 'main').create(context, portsOf(place));
    controller.abort();
    await rejects(writeRows(writer), (error) => CalveError.is(error) && error.code === 'CANCELLED');
    await writer.abort();
    same(context.outstandingReservations, 0);
  });

  define('openOutput: a chunk may be reused as soon as write resolves', async (place) => {
    const { session, context, target } = place;
    const intent = plannedIntent(session, await session.inspect(target), target);
    const reusing = async (name: string): Promise<OutputFile> => {
      const file = await session.openOutput(name);
      return {
        async write(chunk) {
          const buffer = Uint8Array.from(chunk);
          await file.write(buffer);
          buffer.fill(0xaa);
        },
        finish: () => file.finish(),
        abort: () => file.abort(),
      };
    };
    const writer = await session.writer(intent.program, intent, 'main').create(context, { openOutput: reusing });
    await commitIntent(session, withStagedFiles(intent, 'main', await writeRows(writer)));
    equal(await tableRows(session, target), expectedRows(ROWS));
  });
}

/** Writes the rows of the suite; without `finish` nothing is staged. */
async function writeRows(
  writer: TableWriter,
  isFinished = true,
  batch: ColumnBatch = rowsBatch(ROW_FIELDS, ROWS),
): Promise<StagedFiles> {
  try {
    await writer.write(batch);
  } finally {
    batch.release();
  }
  return isFinished ? writer.finish() : { files: [], rows: 0 };
}

function portsOf({ session }: Place): WriterPorts {
  return { openOutput: (name) => session.openOutput(name) };
}

async function checked({ sink }: SinkOfTest, options: Json): Promise<Json> {
  const result = await sink.options['~standard'].validate(options);
  if (result.issues) throw new TypeError(`the options are refused: ${result.issues[0]?.message}`);
  return result.value as Json;
}
