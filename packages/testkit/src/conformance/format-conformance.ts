import assert from 'node:assert/strict';
import type {
  ByteReader,
  DecodeEvent,
  DecodeRequest,
  Decoder,
  FormatPlugin,
  Json,
  Observation,
  ReaderPlan,
} from '@calve/core/plugin';
import { CalveError, poisonReleasedMemory, rebuildPortable } from '@calve/core/plugin';
import { bytesReader } from '../doubles/bytes-reader.ts';
import { seededRandom } from '../doubles/seeded-random.ts';
import type { TestContext } from '../doubles/test-context.ts';
import { testContext } from '../doubles/test-context.ts';
import { slowReader } from '../faults/slow-reader.ts';
import type { ConformanceCase, ConformanceException, ConformanceIt } from './conformance-case.ts';
import { registerCases } from './conformance-case.ts';
import type { EventTrace } from './render-batch.ts';
import { newTrace, renderRows, traceEvent } from './render-batch.ts';

/** One file that the format reads. */
export interface FormatFile {
  name: string;
  content: Uint8Array;
  /** As a user writes them. Default: `{}`. */
  options?: unknown;
}

/** What the suite needs to know of a format. */
export interface FormatSubject<Output, Input> {
  create(): FormatPlugin<Output, Input>;
  /** At least one with 20 rows or more, and one of more than 256 KiB. */
  files: FormatFile[];
  exceptions?: readonly ConformanceException[];
}

const ALL: DecodeRequest = { columns: 'all', maxRows: 10_000, maxBytes: 1024 * 1024 };
const MANY_ROWS = 20;
const LARGE_BYTES = 256 * 1024;

/**
 * What every `format/1` plugin promises, one case per sentence of the contract (`core/src/format/format.ts`). Each case runs over
 * all files of the subject. Released memory is poisoned while the cases run.
 */
export function formatConformance<Output, Input>(it: ConformanceIt, subject: FormatSubject<Output, Input>): void {
  const cases: ConformanceCase[] = [];
  const check = (name: string, run: (file: OpenedFile<Output, Input>) => Promise<void>): void => {
    cases.push({ name, run: () => forEachFile(subject, run) });
  };

  it('the files of the suite can show what the cases ask for', async () => {
    const rows: number[] = [];
    await forEachFile(subject, async (file) => void rows.push(file.rows.length));
    assert.ok(
      subject.files.some((file) => file.content.length > LARGE_BYTES),
      'one file has to be larger than 256 KiB',
    );
    assert.ok(
      rows.some((count) => count >= MANY_ROWS),
      'one file has to have 20 rows',
    );
  });

  check('sniff: recognises its files and never throws on foreign bytes', async ({ format, name, content }) => {
    const sample = (head: Uint8Array) => ({ name, head, tail: new Uint8Array(0), complete: false });
    const guess = format.sniff(sample(content.subarray(0, 4096)));
    assert.ok(guess === null || (guess.score >= 0 && guess.score <= 1 && guess.because.length > 0), JSON.stringify(guess));
    const random = seededRandom(1);
    for (let turn = 0; turn < 200; turn += 1) format.sniff(sample(random.bytes(random.below(300))));
    for (let length = 0; length < 64; length += 1) format.sniff(sample(content.subarray(0, length)));
  });

  check('observe: the observation is plain JSON and lower gives the same plan after a round trip', async (file) => {
    const copy = JSON.parse(JSON.stringify(file.observation)) as Observation;
    assert.deepEqual(copy, file.observation);
    assert.deepEqual(file.format.lower(file.options, copy), file.plan);
    assert.deepEqual(JSON.parse(JSON.stringify(file.plan)), file.plan);
  });

  check('observe: a full scan counts the records that the decoder hands over', async ({ observation, whole }) => {
    assert.equal(observation.origin === 'sample', false, 'the budget was larger than the file');
    if (observation.exactRows !== undefined) assert.equal(observation.exactRows, whole.records.length);
  });

  check('observe: reads about its budget and no more', async ({ format, options, content }) => {
    if (content.length <= LARGE_BYTES) return;
    const budget = 32 * 1024;
    const reader = bytesReader(content);
    const observation = await observe(format, reader, options, budget, testContext());
    assert.ok(reader.readBytes <= budget * 3, `read ${reader.readBytes} bytes with a budget of ${budget}`);
    assert.ok(observation.fields.length > 0);
    assert.notEqual(observation.origin, 'full-scan');
  });

  check('observe: an empty unit has no fields, no rows and is no error', async ({ format, options }) => {
    const observation = await observe(format, bytesReader(new Uint8Array(0)), options, 1000, testContext());
    assert.deepEqual([observation.fields, observation.exactRows], [[], 0]);
    assert.ok(observation.findings.some(({ code }) => code === 'FILE_EMPTY'));
  });

  check('observe: gives everything back', async ({ format, options, content }) => {
    const context = testContext();
    await observe(format, bytesReader(content), options, content.length, context);
    assert.equal(context.outstandingReservations, 0);
  });

  check('decode: reads of 5 bytes give the same records', async (file) => {
    // Five bytes of a large file take seconds; its pieces are larger and odd.
    const pieceBytes = file.content.length > 20_000 ? 4093 : 5;
    assert.deepEqual(await traceOf(file, slowReader(bytesReader(file.content), pieceBytes)), file.whole);
  });

  check('decode: a batch stays right while later ones are read', async (file) => {
    const batches = (await eventsOf(file, { ...ALL, maxRows: 7 })).flatMap((event) =>
      event.kind === 'batch' ? [event.batch] : [],
    );
    const trace = newTrace();
    for (const batch of batches) trace.records.push(...renderRows(batch));
    for (const batch of batches) batch.release();
    assert.deepEqual(trace.records, file.rows);
  });

  check('decode: batches may be released in any order', async (file) => {
    const context = testContext();
    const batches = (await eventsOf(file, { ...ALL, maxRows: 3 }, context)).flatMap((event) =>
      event.kind === 'batch' ? [event.batch] : [],
    );
    const rows: string[] = [];
    // The even ones are given back first; the odd ones have to be what they were.
    for (const [index, batch] of batches.entries()) if (index % 2 === 0) rows.push(...renderRows(batch));
    for (const [index, batch] of batches.entries()) if (index % 2 === 0) batch.release();
    for (const [index, batch] of batches.entries()) if (index % 2 === 1) rows.push(...renderRows(batch));
    for (const [index, batch] of batches.entries()) if (index % 2 === 1) batch.release();
    assert.deepEqual(rows.sort(), [...file.rows].sort());
    assert.equal(context.outstandingReservations, 0, 'released batches hold memory of the run');
  });

  check('decode: batches keep to maxRows and are never empty', async (file) => {
    for (const event of await eventsOf(file, { ...ALL, maxRows: 5 })) {
      if (event.kind !== 'batch') continue;
      assert.ok(event.batch.rows >= 1 && event.batch.rows <= 5, `${event.batch.rows} rows`);
      assert.equal(event.batch.columns.length, event.batch.fields.length);
      event.batch.release();
    }
  });

  check('decode: batches keep to maxBytes unless they are a single record', async (file) => {
    for (const event of await eventsOf(file, { ...ALL, maxBytes: 64 })) {
      if (event.kind !== 'batch') continue;
      const { records, rows } = event.batch;
      if (records && rows > 1) assert.ok((records.ends[rows - 1] as number) - (records.starts[0] as number) <= 64);
      event.batch.release();
    }
  });

  check('decode: stops after `limit` records', async (file) => {
    for (const limit of [1, 3]) {
      const trace = await traceOf(file, bytesReader(file.content), { ...ALL, limit });
      assert.deepEqual(trace.records, file.whole.records.slice(0, limit));
    }
  });

  check('decode: gives everything back when it is ended early', async (file) => {
    for (let events = 1; events <= 3; events += 1) {
      const context = testContext();
      let count = 0;
      for await (const event of decode(file, bytesReader(file.content), { ...ALL, maxRows: 2 }, context)) {
        if (event.kind === 'batch') event.batch.release();
        count += 1;
        if (count === events) break;
      }
      assert.equal(context.outstandingReservations, 0);
    }
  });

  check('decode: a detached batch outlives its release', async (file) => {
    const rows: string[] = [];
    for (const event of await eventsOf(file)) {
      if (event.kind !== 'batch') continue;
      const copy = event.batch.detach();
      event.batch.release();
      rows.push(...renderRows(copy));
    }
    assert.deepEqual(rows, file.rows);
  });

  check('decode: the same events from module, export name and JSON', async (file) => {
    const { module, exportName, config } = file.format.decoder;
    const description = JSON.parse(JSON.stringify({ module, exportName, config }));
    const decoder = await rebuildPortable<Decoder>(description, testContext(), undefined);
    const plan = JSON.parse(JSON.stringify(file.plan)) as ReaderPlan;
    assert.deepEqual(await traceOf({ ...file, decoder, plan }, bytesReader(file.content)), file.whole);
  });

  check('split: the ranges hold every record once, in file order', async (file) => {
    const records: string[] = [];
    for (const range of file.format.split(file.observation, 1000)) {
      for await (const event of file.decoder.decode(bytesReader(file.content), file.plan, range, ALL, testContext())) {
        const trace = newTrace();
        traceEvent(trace, event);
        if (event.kind === 'batch') event.batch.release();
        records.push(...trace.records);
      }
    }
    assert.equal(records.length, file.whole.records.length);
    const content = (record: string) => record.slice(record.indexOf('|'));
    assert.deepEqual(records.map(content), file.whole.records.map(content));
  });

  check('the reader is not closed by the format', async (file) => {
    const reader = bytesReader(file.content);
    await observe(file.format, reader, file.options, file.content.length, testContext());
    await traceOf(file, reader);
    assert.equal(reader.closes, 0);
  });

  check('a cancelled signal ends observe and decode with CANCELLED', async (file) => {
    const context = testContext({ signal: AbortSignal.abort() });
    const isCancelled = (error: unknown): boolean => CalveError.is(error) && error.code === 'CANCELLED';
    await assert.rejects(observe(file.format, bytesReader(file.content), file.options, 1000, context), isCancelled);
    await assert.rejects(traceOf(file, bytesReader(file.content), ALL, context), isCancelled);
    assert.equal(context.outstandingReservations, 0);
  });

  check('a truncated file is read or refused with an error that says so', async (file) => {
    const step = Math.max(1, Math.floor(file.content.length / 40));
    for (let length = 0; length < file.content.length; length += step) {
      const context = testContext();
      try {
        await traceOf(file, bytesReader(file.content.slice(0, length)), ALL, context);
      } catch (error) {
        assert.ok(CalveError.is(error) && error.recovery.kind === 'fix-input', String(error));
      }
      assert.equal(context.outstandingReservations, 0);
    }
  });

  registerCases(it, cases, subject.exceptions);
}

async function forEachFile<Output, Input>(
  subject: FormatSubject<Output, Input>,
  run: (file: OpenedFile<Output, Input>) => Promise<void>,
): Promise<void> {
  poisonReleasedMemory(true);
  try {
    for (const file of subject.files) await run(await openFile(subject.create(), file));
  } finally {
    poisonReleasedMemory(false);
  }
}

interface OpenedFile<Output, Input> {
  format: FormatPlugin<Output, Input>;
  decoder: Decoder;
  name: string;
  content: Uint8Array;
  options: Output;
  observation: Observation;
  plan: ReaderPlan;
  /** All of it in one go. */
  whole: EventTrace;
  /** The accepted rows of it. */
  rows: string[];
}

async function openFile<Output, Input>(
  format: FormatPlugin<Output, Input>,
  file: FormatFile,
): Promise<OpenedFile<Output, Input>> {
  const { name, content } = file;
  const validated = await format.options['~standard'].validate(file.options ?? {});
  assert.ok(!validated.issues, `${name}: ${JSON.stringify(validated.issues)}`);
  const context = testContext();
  const options = validated.value;
  const observation = await observe(format, bytesReader(content), options, content.length, context);
  const plan = format.lower(options, observation);
  const opened = { format, decoder: await format.decoder.create(context, undefined), name, content, options, observation, plan };
  const rows: string[] = [];
  const whole = newTrace();
  for await (const event of opened.decoder.decode(bytesReader(content), plan, { kind: 'whole' }, ALL, context)) {
    traceEvent(whole, event);
    if (event.kind !== 'batch') continue;
    rows.push(...renderRows(event.batch));
    event.batch.release();
  }
  assert.equal(context.outstandingReservations, 0, `${name}: memory was not given back`);
  return { ...opened, whole, rows };
}

/** A fresh decoder looks into the file: nothing may be left over from another call. Options travel as JSON, as core hands them over. */
async function observe<Output, Input>(
  format: FormatPlugin<Output, Input>,
  reader: ByteReader,
  options: Output,
  budgetBytes: number,
  context: TestContext,
): Promise<Observation> {
  const decoder = await format.decoder.create(context, undefined);
  return decoder.observe(reader, JSON.parse(JSON.stringify(options)) as Json, budgetBytes, context);
}

type Decodable = Pick<OpenedFile<unknown, unknown>, 'decoder' | 'plan' | 'content'>;

function decode(file: Decodable, reader: ByteReader, request: DecodeRequest, context: TestContext): AsyncIterable<DecodeEvent> {
  return file.decoder.decode(reader, file.plan, { kind: 'whole' }, request, context);
}

async function eventsOf(file: Decodable, request = ALL, context = testContext()): Promise<DecodeEvent[]> {
  const events: DecodeEvent[] = [];
  for await (const event of decode(file, bytesReader(file.content), request, context)) events.push(event);
  return events;
}

async function traceOf(file: Decodable, reader: ByteReader, request = ALL, context = testContext()): Promise<EventTrace> {
  const trace = newTrace();
  for await (const event of decode(file, reader, request, context)) {
    traceEvent(trace, event);
    if (event.kind === 'batch') event.batch.release();
  }
  return trace;
}
