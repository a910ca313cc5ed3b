import assert from 'node:assert/strict';
import type { ColumnBatch, DecodeEvent, Decoder, ReaderPlan, ReadRange } from '@calve/core/plugin';
import { CalveError, rebuildPortable } from '@calve/core/plugin';
import { bytesReader } from '../doubles/bytes-reader.ts';
import { testContext } from '../doubles/test-context.ts';
import { failingReader } from '../faults/failing-reader.ts';
import { slowReader } from '../faults/slow-reader.ts';
import { ALL, type Decodable, type DefineFormatCase, decode, eventsOf, hasCode, traceOf } from './format-world.ts';
import { newTrace, renderRows, traceEvent } from './render-batch.ts';

/** The cases of `decode`. */
export function defineDecodingCases(define: DefineFormatCase): void {
  define('decode: reads of 5 bytes give the same records', async (file) => {
    // Five bytes of a large file take seconds; its pieces are larger and odd.
    const pieceBytes = file.content.length > 20_000 ? 4093 : 5;
    assert.deepEqual(await traceOf(file, slowReader(bytesReader(file.content), pieceBytes)), file.whole);
  });

  define('decode: a batch stays right while later ones are read', async (file) => {
    const batches = (await eventsOf(file, { ...ALL, maxRows: 7 })).flatMap((event) =>
      event.kind === 'batch' ? [event.batch] : [],
    );
    const trace = newTrace();
    for (const batch of batches) trace.records.push(...renderRows(batch));
    for (const batch of batches) batch.release();
    assert.deepEqual(trace.records, file.rows);
  });

  define('decode: batches may be released in any order', async (file) => {
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

  define('decode: batches keep to maxRows and are never empty', async (file) => {
    for (const event of await eventsOf(file, { ...ALL, maxRows: 5 })) {
      if (event.kind !== 'batch') continue;
      assert.ok(event.batch.rows >= 1 && event.batch.rows <= 5, `${event.batch.rows} rows`);
      assert.equal(event.batch.columns.length, event.batch.fields.length);
      event.batch.release();
    }
  });

  define('decode: batches keep to maxBytes unless they are a single record', async (file) => {
    for (const event of await eventsOf(file, { ...ALL, maxBytes: 64 })) {
      if (event.kind !== 'batch') continue;
      const { records, rows } = event.batch;
      if (records && rows > 1) assert.ok((records.ends[rows - 1] as number) - (records.starts[0] as number) <= 64);
      event.batch.release();
    }
  });

  define('decode: stops after `limit` records', async (file) => {
    for (const limit of [1, 3]) {
      const trace = await traceOf(file, bytesReader(file.content), { ...ALL, limit });
      assert.deepEqual(trace.records, file.whole.records.slice(0, limit));
    }
  });

  define('decode: gives everything back when it is ended early', async (file) => {
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

  define('decode: a detached batch outlives its release', async (file) => {
    const rows: string[] = [];
    for (const event of await eventsOf(file)) {
      if (event.kind !== 'batch') continue;
      const copy = event.batch.detach();
      event.batch.release();
      rows.push(...renderRows(copy));
    }
    assert.deepEqual(rows, file.rows);
  });

  define('decode: the same events from module, export name and JSON', async (file) => {
    const { module, exportName, config } = file.format.decoder;
    const description = JSON.parse(JSON.stringify({ module, exportName, config }));
    const decoder = await rebuildPortable<Decoder>(description, testContext(), undefined);
    const plan = JSON.parse(JSON.stringify(file.plan)) as ReaderPlan;
    assert.deepEqual(await traceOf({ ...file, decoder, plan }, bytesReader(file.content)), file.whole);
  });

  define('split: the ranges hold every record once, in file order', async (file) => {
    const splitting = file.format.split(file.plan);
    if (splitting.kind !== 'records') return;
    for (const [at, lineEnd] of recordEnds(file.content, splitting.quote)) {
      const pieces = [];
      for (const [start, end] of [
        [0, at],
        [at, file.content.length],
      ] as const) {
        pieces.push(await rangeOf(file, { kind: 'bytes', start, end, lineEnd }));
      }
      // A decoder that says that a range is not as it should be has done all that is asked for.
      if (pieces.includes(null)) continue;
      const content = (record: string) => record.slice(record.indexOf('|'));
      assert.deepEqual(
        pieces.flatMap((records) => records?.map(content)),
        file.whole.records.map(content),
        `cut at ${at}`,
      );
    }
  });

  define('decode: reads nothing before it is asked for the first event', async (file) => {
    const reader = bytesReader(file.content);
    const context = testContext();
    const events = decode(file, reader, ALL, context)[Symbol.asyncIterator]();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([reader.readBytes, context.outstandingReservations], [0, 0]);
    await events.return?.();
    assert.equal(reader.readBytes, 0);
  });

  define('decode: leaves fields out only when they are not asked for', async (file) => {
    const named = (event: DecodeEvent, name: string): string[] =>
      event.kind === 'batch'
        ? renderRows({ ...event.batch, ...only(event.batch, name) }).map((row) => row.slice(0, row.lastIndexOf(' | ')))
        : [];
    for (const { field } of file.observation.fields.slice(0, 2)) {
      const request = { ...ALL, columns: [[field.name]] };
      const [some, all] = [await eventsOf(file, request), await eventsOf(file)];
      const rows = (events: readonly DecodeEvent[]) => events.flatMap((event) => named(event, field.name));
      assert.deepEqual(rows(some), rows(all));
      for (const event of [...some, ...all]) if (event.kind === 'batch') event.batch.release();
    }
  });

  define('decode: rejected records are copies of at most 64 KiB, with place and codes, in file order', async (file) => {
    let last = 0;
    for (const event of await eventsOf(file)) {
      if (event.kind === 'batch') event.batch.release();
      if (event.kind !== 'rejected') continue;
      assert.ok(event.records.length > 0, 'an event without records');
      for (const { position, codes, raw, truncated } of event.records) {
        assert.equal(position.unit, '', 'the unit is for core to fill in');
        assert.ok(position.record === undefined || position.record > last, `record ${position.record} after ${last}`);
        last = position.record ?? last;
        assert.ok(codes.length > 0 && codes.every((code) => /^[^:]+:[^:]+$/.test(code)), codes.join());
        assert.ok(raw.length <= 64 * 1024 && (!truncated || raw.length > 0));
      }
    }
  });

  define('decode: keeps no state: several may be under way, in step and side by side', async (file) => {
    const once = decode(file, bytesReader(file.content), { ...ALL, maxRows: 2 }, testContext())[Symbol.asyncIterator]();
    const first = await once.next();
    const [one, two] = await Promise.all([
      traceOf(file, slowReader(bytesReader(file.content), 4093)),
      traceOf(file, bytesReader(file.content)),
    ]);
    assert.deepEqual([one, two], [file.whole, file.whole]);
    if (!first.done && first.value.kind === 'batch') {
      const trace = newTrace();
      traceEvent(trace, first.value);
      const start = file.rows.slice(0, trace.records.length);
      assert.deepEqual(trace.records, start, 'a batch was changed by another call');
      first.value.batch.release();
    }
    await once.return?.();
  });

  define('decode: an error of the reader comes out as it is, and everything is given back', async (file) => {
    for (const at of [0, 1, Math.floor(file.content.length / 2)]) {
      const context = testContext();
      const error = new CalveError('SOURCE_UNAVAILABLE', 'The test lost the object.', { recovery: 'retry' });
      const reader = failingReader(bytesReader(file.content), at, error);
      await assert.rejects(traceOf(file, reader, ALL, context), hasCode('SOURCE_UNAVAILABLE'));
      assert.equal(context.outstandingReservations, 0);
    }
  });

  define('decode: after an abort in the middle it reads no further, and gives everything back', async (file) => {
    const controller = new AbortController();
    const context = testContext({ signal: controller.signal });
    const reader = bytesReader(file.content);
    let readBytes: number | null = null;
    try {
      for await (const event of decode(file, reader, { ...ALL, maxRows: 1 }, context)) {
        readBytes ??= reader.readBytes;
        controller.abort();
        if (event.kind === 'batch') event.batch.release();
      }
    } catch (error) {
      assert.ok(hasCode('CANCELLED')(error), String(error));
    }
    assert.ok(readBytes === null || reader.readBytes === readBytes, `${reader.readBytes} bytes, ${readBytes} at the abort`);
    assert.equal(context.outstandingReservations, 0);
  });
}

/** One column of a batch. */
function only({ fields, columns }: ColumnBatch, name: string): Pick<ColumnBatch, 'fields' | 'columns'> {
  const at = fields.findIndex((field) => field.name === name);
  assert.ok(at >= 0, `the field "${name}" is missing`);
  return { fields: [fields[at]!], columns: [columns[at]!] };
}

/** Where the file may be cut, a dozen places at most, and how its lines end. */
function recordEnds(content: Uint8Array, quote: number | null): [number, 'LF' | 'CRLF'][] {
  const first = content.indexOf(0x0a);
  const carriage = content.indexOf(0x0d);
  if (first < 0 || (carriage >= 0 && carriage < first - 1)) return [];
  const ends: number[] = [];
  let isInQuotes = false;
  for (const [at, byte] of content.entries()) {
    if (byte === quote) isInQuotes = !isInQuotes;
    if (byte === 0x0a && !isInQuotes) ends.push(at + 1);
  }
  const step = Math.ceil(ends.length / 12);
  return ends.filter((_, index) => index % step === 0).map((end) => [end, carriage === first - 1 ? 'CRLF' : 'LF']);
}

/** The records of a range; null: the decoder cannot vouch for them. */
async function rangeOf(file: Decodable, range: ReadRange): Promise<string[] | null> {
  const trace = newTrace();
  let isWhole = false;
  try {
    for await (const event of file.decoder.decode(bytesReader(file.content), file.plan, range, ALL, testContext())) {
      traceEvent(trace, event);
      if (event.kind === 'batch') event.batch.release();
      if (event.kind === 'finding') return null;
      isWhole = event.kind === 'range-ended';
    }
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return null;
  }
  return isWhole ? trace.records : null;
}
