import { toMessage } from '../../columns/batch-message.ts';
import type { CallContext } from '../../context/call-context.ts';
import { limitedEnvironment } from '../../context/limited-environment.ts';
import { rebuildPortable } from '../../context/portable.ts';
import type { Environment } from '../../env/environment.ts';
import { CalveError, errorData } from '../../errors/calve-error.ts';
import type { RejectedRecord } from '../../format/decode-event.ts';
import type { Decoder } from '../../format/format.ts';
import type { Projector } from '../../projection/apply-projection.ts';
import { openProjector } from '../../projection/open-projector.ts';
import type { EncodedPart, PartEncoder } from '../../sink/table-writer.ts';
import { decodeRequest } from './decode-request.ts';
import { Outbox } from './outbox.ts';
import { projectUnit, type RangeEvent, type UnitRows } from './project-unit.ts';
import type { FromThread, ThreadSettings, ToThread, UnitTask } from './segment-messages.ts';
import { StreamedReader } from './streamed-reader.ts';
import { WriteFailure } from './write-failure.ts';

type Send = (message: FromThread, transfer: readonly ArrayBuffer[]) => void;

interface Workplace {
  context: CallContext;
  readers: Map<string, { decoder: Decoder; projector: Projector; plan: ThreadSettings['readers'][string]['plan'] }>;
  encoder: PartEncoder | null;
}

/**
 * The half of a segment that works in a thread of its own: decodes, types and encodes what it is sent, and opens nothing.
 *
 * @param environment Of the thread. @param post Sends what it says to the thread of the run, with memory that goes there.
 * @returns What takes its messages.
 */
export function serveSegments(
  environment: Environment,
  post: (messages: readonly FromThread[], transfer: readonly ArrayBuffer[]) => void,
): (messages: readonly ToThread[]) => void {
  const outbox = new Outbox(post);
  const send: Send = (message, transfer) => outbox.add(message, transfer);
  const giveBack = (buffer: ArrayBuffer): void => send({ kind: 'given-back', buffer }, [buffer]);
  let place: Promise<Workplace> | null = null;
  let newest: StreamedReader | null = null;
  /** Nothing of the segment at hand counts any more. */
  let isVoid = false;
  let work: Promise<void> = Promise.resolve();

  const inTurn = (task: (workplace: Workplace) => Promise<void>): void => {
    work = work.then(async () => {
      try {
        if (place) await task(await place);
      } catch (error) {
        isVoid = true;
        const isWriting = error instanceof WriteFailure;
        send({ kind: 'failed', error: sendable(isWriting ? error.error : error), isWriting }, []);
      }
    });
  };

  const hear = (message: ToThread): void => {
    switch (message.kind) {
      case 'set-up':
        place = setUp(message.settings, environment, send);
        place.then(
          () => send({ kind: 'ready' }, []),
          (error: unknown) => send({ kind: 'unusable', error: sendable(error) }, []),
        );
        break;
      case 'unit': {
        const { task } = message;
        const start = task.range.kind === 'bytes' ? task.range.start : 0;
        const reader = new StreamedReader(task.sizeBytes, start, giveBack, () => outbox.flush());
        newest = reader;
        inTurn(async (workplace) => {
          try {
            if (!isVoid) isVoid = await workOn(task, reader, workplace, send);
          } finally {
            await reader.close();
          }
        });
        break;
      }
      case 'bytes':
        newest?.add(message.bytes, message.isLast);
        break;
      case 'end-segment':
        inTurn(async ({ encoder }) => {
          const rest = encoder ? await writing(() => encoder.finish()) : null;
          const parts = rest && !isVoid ? [rest] : [];
          isVoid = false;
          send({ kind: 'segment-ended', parts }, parts.map(bufferOf));
        });
    }
  };
  // Nothing begins before all that came together was heard: a decoder that waits for each piece would wake the other thread as often.
  return (messages) => messages.forEach(hear);
}

/** @returns True when nothing of the segment counts any more. */
async function workOn(
  task: UnitTask,
  reader: StreamedReader,
  { context, readers, encoder }: Workplace,
  send: Send,
): Promise<boolean> {
  const { decoder, projector, plan } = readers.get(task.reader) as NonNullable<ReturnType<Workplace['readers']['get']>>;
  const events = decoder.decode(reader, plan, task.range, decodeRequest(plan), context);
  const isRange = task.range.kind === 'bytes';
  for await (const event of projectUnit(
    events,
    projector,
    task.facts,
    { segmentBytes: task.segmentBytes, from: 0 },
    context.signal,
  )) {
    if (isRange && isIrregular(event, task.recordsBefore)) {
      if (event.kind === 'rows') event.batch?.release();
      send({ kind: 'misaligned' }, []);
      return true;
    }
    if (event.kind === 'rows') await sendRows(event, encoder, send);
    else if (event.kind === 'cut') await sendRest(encoder, send);
    else if (event.kind !== 'misaligned') send(event, []);
  }
  if (!isRange) send({ kind: 'unit-ended' }, []);
  return false;
}

/**
 * What is found in a unit is told of all of it, so that it takes somebody who reads all of it. And a record that begins where those of the next segment
 * do was not told from the one before.
 */
function isIrregular(event: RangeEvent, recordsBefore: number): boolean {
  switch (event.kind) {
    case 'rows': {
      const last = event.batch?.byteOffsets?.[event.written - 1] ?? -1;
      return last >= recordsBefore || isBeyond(event.rejected, recordsBefore);
    }
    case 'rejected':
      return isBeyond(event.records, recordsBefore);
    default:
      return event.kind === 'finding' || event.kind === 'misaligned';
  }
}

function isBeyond(records: readonly RejectedRecord[], recordsBefore: number): boolean {
  return (records.at(-1)?.position.byteOffset ?? -1) >= recordsBefore;
}

async function sendRows({ batch, ...rows }: UnitRows, encoder: PartEncoder | null, send: Send): Promise<void> {
  if (batch === null) {
    send({ ...rows, parts: [], batch: null }, []);
    return;
  }
  try {
    if (encoder) {
      const parts = await writing(() => encoder.write(batch));
      send({ ...rows, parts, batch: null }, parts.map(bufferOf));
    } else {
      const { message, transfer } = toMessage(batch);
      send({ ...rows, parts: [], batch: message }, transfer);
    }
  } finally {
    batch.release();
  }
}

/** What comes is encoded apart from what came. */
async function sendRest(encoder: PartEncoder | null, send: Send): Promise<void> {
  const part = encoder ? await writing(() => encoder.finish()) : null;
  if (part === null) return;
  const rows = { read: 0, written: 0, expanded: 0, rescued: 0, rejected: [] };
  send({ kind: 'rows', ...rows, parts: [part], batch: null }, [bufferOf(part)]);
}

async function writing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new WriteFailure(error);
  }
}

function bufferOf({ bytes }: EncodedPart): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}

/** Plain data, whatever was thrown. */
function sendable(error: unknown) {
  return JSON.parse(JSON.stringify(errorData(error))) as ReturnType<typeof errorData>;
}

async function setUp(settings: ThreadSettings, environment: Environment, send: Send): Promise<Workplace> {
  const { tenant, runId, limits } = settings;
  const context: CallContext = {
    tenant,
    runId,
    limits,
    // The thread is ended when nobody wants its work any more.
    signal: new AbortController().signal,
    environment: limitedEnvironment(environment, limits),
    resolveSecret: async ({ secret }) => {
      throw new CalveError('CONFIGURATION_INVALID', `A thread for segments has no secrets; it was asked for "${secret}".`, {
        recovery: 'fix-access',
      });
    },
    // Accounted for where the segment began.
    reserve: async () => ({ release() {} }),
    report: (diagnostic) => send({ kind: 'reported', diagnostic }, []),
  };
  const readers: Workplace['readers'] = new Map();
  for (const [id, { decoder, plan, projection }] of Object.entries(settings.readers)) {
    readers.set(id, {
      decoder: await rebuildPortable<Decoder>(decoder, context, undefined),
      projector: await openProjector(projection),
      plan,
    });
  }
  const encoder = settings.encoder ? await rebuildPortable<PartEncoder>(settings.encoder, context, undefined) : null;
  return { context, readers, encoder };
}
