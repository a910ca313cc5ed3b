import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { DecodeEvent } from '../../format/decode-event.ts';
import type { Batch } from '../../plan/ingestion-plan.ts';
import type { Projector, ProvenanceFacts } from '../../projection/apply-projection.ts';
import type { BatchWork } from './batch-work.ts';
import type { HostPause } from './host-pause.ts';
import type { UnitEvent, WantedRecords } from './project-unit.ts';
import { projectUnit } from './project-unit.ts';
import type { UnitWork } from './unit-work.ts';

/** What is needed to work on a unit in this thread. */
export interface InlineUnit {
  /** Of the whole unit. Called once. */
  decode(): AsyncIterable<DecodeEvent>;
  projector: Projector;
  facts: ProvenanceFacts;
  /** Of the batch. */
  pause: HostPause;
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
    events: () => inlineEvents(() => batch.inline(unit, readerId, bytes), { segmentBytes, from: 0 }, batch.settings.context),
    async finish() {
      const sha256 = await bytes.finishHash();
      await bytes.verify();
      return sha256;
    },
    close: () => bytes.close(),
  };
}

/**
 * The events of a unit that is read as a whole. A function of this module, as every generator that runs for each file is: V8 keeps a generator that is
 * written inside of another function, and what that one holds, until it looks through all memory.
 *
 * @param open Called when the first event is asked for.
 */
export async function* inlineEvents(
  open: () => Promise<InlineUnit>,
  wanted: WantedRecords,
  context: CallContext,
): AsyncGenerator<UnitEvent, void, undefined> {
  const { decode, projector, facts, pause } = await open();
  for await (const event of projectUnit(decode(), projector, facts, wanted, context.signal)) {
    if (event.kind === 'range-ended') continue;
    if (event.kind === 'misaligned')
      throw new CalveError('INTERNAL', `A decoder reported a misaligned range while it read ${facts.unitUri} as a whole.`);
    // Batches are released by who gets them.
    const cells = event.kind === 'rows' ? event.read * projector.fields.length : 0;
    yield event;
    const paused = pause.after(cells);
    if (paused) await paused;
  }
}
