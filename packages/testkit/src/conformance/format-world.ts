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
import { CalveError, poisonReleasedMemory } from '@calve/core/plugin';
import { bytesReader } from '../doubles/bytes-reader.ts';
import type { TestContext } from '../doubles/test-context.ts';
import { testContext } from '../doubles/test-context.ts';
import type { ConformanceException } from './conformance-case.ts';
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

/** A format whose option types do not matter. */
export type AnyFormatPlugin = FormatPlugin<unknown, unknown>;

/** A file of the subject, looked into and read once. */
export interface OpenedFile {
  format: AnyFormatPlugin;
  decoder: Decoder;
  name: string;
  content: Uint8Array;
  /** As a user writes them. */
  given: unknown;
  options: unknown;
  observation: Observation;
  plan: ReaderPlan;
  /** All of it in one go. */
  whole: EventTrace;
  /** The accepted rows of it. */
  rows: string[];
}

/** Adds a case, which runs over every file of the subject. */
export type DefineFormatCase = (name: string, run: (file: OpenedFile) => Promise<void>) => void;

/** All records in batches that are large. */
export const ALL: DecodeRequest = { columns: 'all', maxRows: 10_000, maxBytes: 1024 * 1024 };

/** What a file has to have more of for the cases that are about large ones. */
export const LARGE_BYTES = 256 * 1024;

/** The files of a subject; each is opened once. */
export interface FormatFiles {
  all: readonly FormatFile[];
  open(file: FormatFile): Promise<OpenedFile>;
}

/** Opening a large file takes longer than most cases do. */
export function formatFiles(create: () => AnyFormatPlugin, all: readonly FormatFile[]): FormatFiles {
  const opened = new Map<FormatFile, Promise<OpenedFile>>();
  return {
    all,
    open(file) {
      const known = opened.get(file) ?? openFile(create(), file);
      opened.set(file, known);
      return known;
    },
  };
}

/** Runs over all files while released memory is poisoned. */
export async function forEachFile({ all, open }: FormatFiles, run: (file: OpenedFile) => Promise<void>): Promise<void> {
  poisonReleasedMemory(true);
  try {
    for (const file of all) await run(await open(file));
  } finally {
    poisonReleasedMemory(false);
  }
}

async function openFile(format: AnyFormatPlugin, file: FormatFile): Promise<OpenedFile> {
  const { name, content, options: given = {} } = file;
  const validated = await format.options['~standard'].validate(given);
  assert.ok(!validated.issues, `${name}: ${JSON.stringify(validated.issues)}`);
  const context = testContext();
  const options = validated.value;
  const observation = await observe(format, bytesReader(content), options, content.length, context);
  const plan = format.lower(options, observation);
  const decoder = await format.decoder.create(context, undefined);
  const opened = { format, decoder, name, content, given, options, observation, plan };
  const rows: string[] = [];
  const whole = newTrace();
  for await (const event of decode(opened, bytesReader(content), ALL, context)) {
    traceEvent(whole, event);
    if (event.kind !== 'batch') continue;
    rows.push(...renderRows(event.batch));
    event.batch.release();
  }
  assert.equal(context.outstandingReservations, 0, `${name}: memory was not given back`);
  return { ...opened, whole, rows };
}

/** A fresh decoder looks into the file: nothing may be left over from another call. Options travel as JSON, as core hands them over. */
export async function observe(
  format: AnyFormatPlugin,
  reader: ByteReader,
  options: unknown,
  budgetBytes: number,
  context: TestContext,
): Promise<Observation> {
  const decoder = await format.decoder.create(context, undefined);
  return decoder.observe(reader, JSON.parse(JSON.stringify(options)) as Json, budgetBytes, context);
}

/** What decoding needs to know of a file. */
export type Decodable = Pick<OpenedFile, 'decoder' | 'plan' | 'content'>;

/** The events of a whole file. */
export function decode(
  file: Decodable,
  reader: ByteReader,
  request: DecodeRequest,
  context: TestContext,
): AsyncIterable<DecodeEvent> {
  return file.decoder.decode(reader, file.plan, { kind: 'whole' }, request, context);
}

/** All events; the caller releases the batches. */
export async function eventsOf(file: Decodable, request = ALL, context = testContext()): Promise<DecodeEvent[]> {
  const events: DecodeEvent[] = [];
  for await (const event of decode(file, bytesReader(file.content), request, context)) events.push(event);
  return events;
}

/** What a decoder hands over, each batch released at once. */
export async function traceOf(file: Decodable, reader: ByteReader, request = ALL, context = testContext()): Promise<EventTrace> {
  const trace = newTrace();
  for await (const event of decode(file, reader, request, context)) {
    traceEvent(trace, event);
    if (event.kind === 'batch') event.batch.release();
  }
  return trace;
}

/** Looks into bytes and reads them all, as core does with a file that it does not know. */
export async function readUnknown(file: OpenedFile, content: Uint8Array, context: TestContext): Promise<EventTrace> {
  const observation = await observe(file.format, bytesReader(content), file.options, content.length, context);
  const plan = file.format.lower(file.options, observation);
  return traceOf({ decoder: file.decoder, plan, content }, bytesReader(content), ALL, context);
}

/** True for an error of Calve with a code. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => CalveError.is(error) && error.code === code;
}
