import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { DecodeEvent, DecodeRequest } from '../../format/decode-event.ts';
import type { Batch } from '../../plan/ingestion-plan.ts';
import type { Projector, ProvenanceFacts } from '../../projection/apply-projection.ts';
import type { BatchWork } from './batch-work.ts';
import type { UnitEvent, WantedRecords } from './project-unit.ts';
import { projectUnit } from './project-unit.ts';
import type { UnitWork } from './unit-work.ts';

/** What one decoder call is asked for. */
export const DECODE_REQUEST: DecodeRequest = { columns: 'all', maxRows: 16_384, maxBytes: 1 << 20 };

/** What is needed to work on a unit in this thread. */
export interface InlineUnit {
  /** Of the whole unit. Called once. */
  decode(): AsyncIterable<DecodeEvent>;
  projector: Projector;
  facts: ProvenanceFacts;
}

/** Begins the work on a unit that is read, decoded and typed here, one batch after the other. */
export async function inlineUnit(
  { unit, reader: readerId }: Batch['units'][number],
  segmentBytes: number | null,
  batch: BatchWork,
): Promise<UnitWork> {
  if (unit.kind !== 'object')
    throw new CalveError('PLAN_INVALID', 'This version of Calve loads objects only.', { recovery: 'replan' });
  const bytes = await batch.open(unit);
  return {
    async *events() {
      yield* inlineEvents(await batch.inline(unit, readerId, bytes), { segmentBytes, from: 0 }, batch.settings.context);
    },
    async finish() {
      const sha256 = await bytes.finishHash();
      await bytes.verify();
      return sha256;
    },
    close: () => bytes.close(),
  };
}

/** The events of a unit that is read as a whole. */
export async function* inlineEvents(
  { decode, projector, facts }: InlineUnit,
  wanted: WantedRecords,
  context: CallContext,
): AsyncGenerator<UnitEvent, void, undefined> {
  for await (const event of projectUnit(decode(), projector, facts, wanted, context.signal)) {
    if (event.kind === 'range-ended') continue;
    if (event.kind === 'misaligned')
      throw new CalveError('INTERNAL', `A decoder reported a misaligned range while it read ${facts.unitUri} as a whole.`);
    yield event;
    // Between two batches the host goes first.
    await context.environment.sleep(0);
  }
}
