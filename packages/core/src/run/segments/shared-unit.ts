import { fromMessage } from '../../columns/batch-message.ts';
import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { RejectedRecord } from '../../format/decode-event.ts';
import type { EncodedPart } from '../../sink/table-writer.ts';
import { inlineEvents } from './inline-unit.ts';
import type { UnitEvent, UnitRows } from './project-unit.ts';
import type { RunningSegment } from './running-segment.ts';
import type { SegmentMessage } from './segment-messages.ts';
import type { SegmentWorkers } from './segment-workers.ts';
import type { UnitWork } from './unit-work.ts';
import { WriteFailure } from './write-failure.ts';

/** The segment at hand of those that hold several units. */
export interface SharedSegment {
  current: RunningSegment | null;
}

/**
 * A unit that lies whole in a segment, with its neighbours.
 *
 * @param shared What the unit before left, and the next one takes over.
 */
export function wholeUnit(index: number, isLast: boolean, workers: SegmentWorkers, shared: SharedSegment): UnitWork {
  return {
    events: () => wholeEvents(index, isLast, workers, shared),
    finish: async () => (await workers.sentUnit(index)).sha256,
    close: async () => {},
  };
}

/** Of this module: see `inlineEvents`. */
async function* wholeEvents(
  ...[index, isLast, workers, shared]: Parameters<typeof wholeUnit>
): AsyncGenerator<UnitEvent, void, undefined> {
  shared.current ??= await workers.nextSegment();
  const segment = shared.current;
  if (segment === null) throw new CalveError('INTERNAL', 'A segment of whole units was not begun.');
  const sent = await workers.sentUnit(index);
  for (let isOver = false; !isOver; ) {
    const message = await said(segment);
    if (message.kind === 'unit-ended') isOver = true;
    else if (message.kind === 'failed') throw sent.failure ?? thrown(message);
    else yield received(message);
  }
  if (!isLast) return;
  const { parts } = (await said(segment)) as Extract<SegmentMessage, { kind: 'segment-ended' }>;
  if (parts.length > 0) yield rowsOf(parts);
  segment.release();
  shared.current = null;
}

/** A unit that is cut into segments. Where they turn out not to begin with records, the rest of it is read here. */
export async function cutUnit(index: number, workers: SegmentWorkers): Promise<UnitWork> {
  const { unit, reader, cuts } = workers.unit(index);
  const { batch } = workers;
  const { context, configuration } = batch.settings;
  const bytes = await workers.bytesOf(index);
  return {
    async *events() {
      const before = { records: 0, lines: 0 };
      for (let cut = 0; cut < cuts; cut += 1) {
        const segment = await workers.nextSegment();
        const range = segment ? await rangeOf(segment) : null;
        if (range === null) {
          segment?.release();
          await workers.voidRest(index, cuts - cut - 1);
          const wanted = { segmentBytes: configuration.segmentBytes, from: cut * configuration.segmentBytes };
          yield* inlineEvents(() => batch.inline(unit, reader, bytes, unreserved(context)), wanted, context);
          return;
        }
        const { messages, parts, lines } = range;
        for (const message of messages) yield inUnit(received(message), before);
        if (parts.length > 0) yield rowsOf(parts);
        before.records += messages.reduce((sum, message) => sum + readBy(message), 0);
        before.lines += lines;
        segment?.release();
      }
    },
    async finish() {
      const sha256 = await bytes.finishHash();
      await bytes.verify();
      return sha256;
    },
    close: () => bytes.close(),
  };
}

/** Later units hold memory already, so that none might be left: chunks of one decoder more are little. */
function unreserved(context: CallContext): CallContext {
  return { ...context, reserve: async () => ({ release() {} }) };
}

type Said = Extract<SegmentMessage, { kind: 'rows' | 'rejected' | 'finding' }>;

/** All that was said of a range; null: it does not count. */
async function rangeOf(segment: RunningSegment): Promise<{ messages: Said[]; lines: number; parts: EncodedPart[] } | null> {
  const messages: Said[] = [];
  let lines = 0;
  for (;;) {
    const message = await said(segment);
    switch (message.kind) {
      case 'rows':
      case 'rejected':
      case 'finding':
        messages.push(message);
        break;
      case 'range-ended':
        lines = message.lines;
        break;
      case 'segment-ended':
        return { messages, lines, parts: message.parts };
      case 'failed':
        // Whatever is wrong with a record shows again where the unit is read as a whole, with its place.
        if (message.isWriting) throw thrown(message);
        return null;
      default:
        return null;
    }
  }
}

async function said(segment: RunningSegment): Promise<SegmentMessage> {
  try {
    return await segment.messages.next();
  } catch (error) {
    // The thread is to blame, or who ended it, and not the unit.
    throw new WriteFailure(error);
  }
}

function thrown({ error, isWriting }: Extract<SegmentMessage, { kind: 'failed' }>): unknown {
  const original = CalveError.from(error);
  return isWriting ? new WriteFailure(original) : original;
}

function received(message: SegmentMessage): UnitEvent {
  if (message.kind === 'rows') return { ...message, batch: message.batch === null ? null : fromMessage(message.batch) };
  if (message.kind === 'rejected' || message.kind === 'finding') return message;
  throw new CalveError('INTERNAL', `A thread said "${message.kind}" in the middle of a unit.`);
}

function rowsOf(parts: EncodedPart[]): UnitRows {
  return { kind: 'rows', read: 0, written: 0, expanded: 0, rescued: 0, rejected: [], batch: null, parts };
}

function readBy(message: Said): number {
  return message.kind === 'rows' ? message.read : message.kind === 'rejected' ? message.records.length : 0;
}

/** Numbers of records and lines count from the beginning of the unit. */
function inUnit(event: UnitEvent, before: { records: number; lines: number }): UnitEvent {
  if (event.kind === 'rejected') return { ...event, records: event.records.map((record) => moved(record, before)) };
  if (event.kind === 'rows') return { ...event, rejected: event.rejected.map((record) => moved(record, before)) };
  return event;
}

function moved(record: RejectedRecord, { records, lines }: { records: number; lines: number }): RejectedRecord {
  const { position } = record;
  return {
    ...record,
    position: {
      ...position,
      ...(position.record === undefined ? {} : { record: position.record + records }),
      ...(position.line === undefined ? {} : { line: position.line + lines }),
    },
  };
}
