import type { DecodeEvent } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/**
 * The events of a unit that was planned like others and not looked at itself. Whatever a look at all of it would have told ends it.
 *
 * @throws {CalveError} `PLAN_INCOMPLETE` (replan): a record is rejected, there is something to be told, or the unit is refused; and what the events throw otherwise.
 */
export async function* untilUnseen(events: AsyncIterable<DecodeEvent>): AsyncGenerator<DecodeEvent, void, undefined> {
  try {
    for await (const event of events) {
      if (event.kind === 'rejected') throw unseen(`it has a record with another number of cells, in ${placeOf(event)}.`);
      if (event.kind === 'finding') throw unseen(event.diagnostic.message);
      yield event;
    }
  } catch (error) {
    if (!CalveError.is(error) || error.recovery.kind !== 'fix-input') throw error;
    throw unseen(error.message);
  }
}

function placeOf({ records }: Extract<DecodeEvent, { kind: 'rejected' }>): string {
  const { line } = records[0]?.position ?? {};
  return line === undefined ? 'an unknown place' : `line ${line}`;
}

function unseen(what: string): CalveError {
  const message = `The file has the header of others and was planned like these, but: ${what} It is planned again from all of it.`;
  return new CalveError('PLAN_INCOMPLETE', message, { recovery: 'replan' });
}
