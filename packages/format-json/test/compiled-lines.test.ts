import type { ColumnBatch, ColumnData, JsonReader } from '@calve/core/plugin';
import { arena, poisonReleasedMemory, projectionKernels, withoutWebAssembly } from '@calve/core/plugin';
import { bytesReader, seededRandom, testContext } from '@calve/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonDecoder } from '../src/json-decoder.ts';
import { jsonKernels } from '../src/json-kernels.ts';
import { LineLocator } from '../src/line-locator.ts';
import { mutated, someFields, someLines } from './line-files.ts';
import { bytesOf, observeFile, plan, rowsOf, texts } from './read-file.ts';

interface How {
  chunkBytes?: number;
  maxRows?: number;
  maxBytes?: number;
  limit?: number;
}

/** Every event with all that it says, in order: batches as they were cut. */
async function eventsOf(content: Uint8Array, reader: JsonReader, how: How = {}): Promise<string[]> {
  const { chunkBytes = 1024 * 1024, maxRows = 10_000, maxBytes = 1024 * 1024, limit } = how;
  const context = testContext();
  const decoder = await jsonDecoder({ chunkBytes }, context, undefined);
  const request = { columns: 'all' as const, maxRows, maxBytes, ...(limit === undefined ? {} : { limit }) };
  const events: string[] = [];
  try {
    for await (const event of decoder.decode(bytesReader(content), reader, { kind: 'whole' }, request, context)) {
      if (event.kind !== 'batch') events.push(JSON.stringify(event));
      else {
        events.push(batchText(event.batch));
        event.batch.release();
      }
    }
  } catch (error) {
    events.push(String(error));
  }
  return events;
}

function batchText(batch: ColumnBatch): string {
  const { records, byteOffsets, firstRecordInRange, columns, rows } = batch;
  const raw = Array.from({ length: rows }, (_, row) =>
    Buffer.from(records!.source.subarray(records!.starts[row], records!.ends[row])).toString('latin1'),
  );
  const facts = { firstRecordInRange, raw, byteOffsets: [...byteOffsets!], lines: [...records!.lines!] };
  return JSON.stringify({ ...facts, rows: rowsOf(batch), quoted: columns.map((column) => quotesOf(column, rows)) });
}

/** Which texts of a column stood in quotes. */
function quotesOf(column: ColumnData, rows: number): unknown {
  if (column.layout === 'struct') return column.children.map((child) => quotesOf(child, rows));
  if (column.layout === 'list') return quotesOf(column.element, column.offsets[rows] as number);
  if (column.layout !== 'cells') return column.layout;
  const isThere = (row: number): boolean => !column.validity || (column.validity[row >> 3]! & (1 << (row & 7))) !== 0;
  return Array.from({ length: rows }, (_, row) => (isThere(row) ? (column.quoted?.[row] ?? 0) : null));
}

/** Both ways of reading, which have to agree; the events. */
async function readBothWays(content: Uint8Array, reader: JsonReader, how: How = {}): Promise<string[]> {
  const compiled = await eventsOf(content, reader, how);
  const plain = await withoutWebAssembly(() => eventsOf(content, reader, how));
  if (compiled.join('\n') !== plain.join('\n')) {
    const at = compiled.findIndex((event, index) => event !== plain[index]);
    const input = { ...how, columns: reader.fields, content: Buffer.from(content).toString('latin1').slice(0, 2_000) };
    expect({ ...input, event: compiled[at] }).toEqual({ ...input, event: plain[at] });
  }
  return compiled;
}

beforeAll(async () => {
  await jsonKernels.open();
  await projectionKernels.open();
  expect(jsonKernels.current).not.toBeNull();
  poisonReleasedMemory(true);
});

afterAll(() => poisonReleasedMemory(false));

describe('lines that are read by compiled code', () => {
  let located = 0;
  const { read } = LineLocator.prototype;
  beforeAll(() => {
    LineLocator.prototype.read = function (...inputs) {
      const rows = read.apply(this, inputs);
      located += rows;
      return rows;
    };
  });
  afterAll(() => {
    LineLocator.prototype.read = read;
  });

  it('give the same events as read by the parser, on 60,000 lines of which most are damaged', async () => {
    const seed = Number(process.env['CALVE_SEED'] ?? Math.floor(Math.random() * 1e6));
    const random = seededRandom(seed);
    console.log(`compiled and plain reading of JSON lines: CALVE_SEED=${seed}`);
    let rows = 0;
    let rejected = 0;
    for (let file = 0; file < 1_500; file += 1) {
      const fields = someFields(random);
      const lines = 1 + random.below(80);
      const content = mutated(random, someLines(random, fields, lines), random.below(lines * 2));
      const rescue = random.below(4) === 0 ? 'rest' : null;
      const how = {
        chunkBytes: [lines > 10 ? 2_000 : 16, 200, 1_000, 5_000, 5_000, 1024 * 1024][random.below(6)]!,
        maxRows: [lines > 10 ? 50 : 1, 7, 30, 10_000, 10_000, 10_000][random.below(6)]!,
        maxBytes: [64, 2_000, 1024 * 1024, 1024 * 1024, 1024 * 1024][random.below(5)]!,
        ...(random.below(8) === 0 ? { limit: random.below(lines) } : {}),
      };
      for (const event of await readBothWays(content, plan(fields, { rescue }), how)) {
        if (event.includes('"row:')) rejected += 1;
        else if (event.startsWith('{"first')) rows += 1;
      }
    }
    expect(Math.min(rows, rejected)).toBeGreaterThan(1_000);
    expect(located).toBeGreaterThan(5_000);
  });

  it('give the same events wherever a chunk ends', async () => {
    const random = seededRandom(7);
    for (let file = 0; file < 3; file += 1) {
      const fields = someFields(random);
      const content = mutated(random, someLines(random, fields, 6), file % 3);
      for (let chunkBytes = 16; chunkBytes <= Math.min(content.length + 1, 700); chunkBytes += 1) {
        await readBothWays(content, plan(fields), { chunkBytes });
      }
    }
  });

  it('tell the same when they are observed', async () => {
    const seed = Number(process.env['CALVE_SEED'] ?? Math.floor(Math.random() * 1e6));
    const random = seededRandom(seed);
    for (let file = 0; file < 250; file += 1) {
      const fields = someFields(random);
      const lines = 20 + random.below(150);
      const content = mutated(random, someLines(random, fields, lines), random.below(4) * random.below(lines));
      const options = { framing: 'lines' as const, ...(random.below(3) === 0 ? { nulls: ['x', '12', ''] } : {}) };
      const budget = [200, 3_000, 1e9][random.below(3)]!;
      const observed = async (): Promise<string> =>
        JSON.stringify(await observeFile(content, options, budget).catch((error: unknown) => String(error)));
      expect(await observed(), `CALVE_SEED=${seed}, file ${file}`).toBe(await withoutWebAssembly(observed));
    }
  });

  it('are all lines of a good file, in any number, and so are most where some are not', async () => {
    const lines = Array.from({ length: 5_000 }, (_, row) => `{"a":${row},"b":"text ${row}"}\n`);
    located = 0;
    await readBothWays(bytesOf(lines.join('')), plan(texts('a', 'b')));
    expect(located).toBe(5_000);
    located = 0;
    await readBothWays(bytesOf(lines.map((line, row) => (row % 50 === 0 ? `x${line}` : line)).join('')), plan(texts('a', 'b')));
    expect(located).toBeGreaterThan(4_700);
  });

  it('keep what a batch says until it is released, and leave nothing in the arena', async () => {
    const content = bytesOf(Array.from({ length: 3_000 }, (_, row) => `{"a":${row},"b":["x","\\u00e9"]}\n`).join(''));
    const fields = [
      ...texts('a'),
      { name: 'b', type: { kind: 'list' as const, element: texts('element')[0]! }, required: false },
    ];
    const before = arena()?.bytesInUse;
    const context = testContext();
    const decoder = await jsonDecoder({ chunkBytes: 10_000 }, context, undefined);
    const kept: [ColumnBatch, string][] = [];
    const request = { columns: 'all' as const, maxRows: 100, maxBytes: 1024 * 1024 };
    for await (const event of decoder.decode(bytesReader(content), plan(fields), { kind: 'whole' }, request, context)) {
      if (event.kind === 'batch') kept.push([event.batch, batchText(event.batch)]);
    }
    expect(kept.length).toBeGreaterThan(30);
    for (const [batch, text] of kept) expect(batchText(batch)).toBe(text);
    for (const [batch] of kept) batch.release();
    expect(arena()?.bytesInUse).toBe(before);
  });

  it('leave nothing in the arena when nobody reads on', async () => {
    const before = arena()?.bytesInUse;
    const content = bytesOf('{"a":1}\n'.repeat(1_000));
    const context = testContext();
    const decoder = await jsonDecoder({ chunkBytes: 100 }, context, undefined);
    const request = { columns: 'all' as const, maxRows: 10, maxBytes: 1024 * 1024 };
    for await (const event of decoder.decode(bytesReader(content), plan(texts('a')), { kind: 'whole' }, request, context)) {
      if (event.kind === 'batch') event.batch.release();
      break;
    }
    expect(arena()?.bytesInUse).toBe(before);
  });
});
