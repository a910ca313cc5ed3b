import type { DecodeRequest } from '../../format/decode-event.ts';
import type { ReaderPlan } from '../../format/reader-plan.ts';

const ORDINARY_BYTES = 1 << 20;
/** Each column of a batch costs a few objects and calls, whatever it holds: with many columns a batch has to have more bytes to have enough rows. */
const MANY_COLUMNS = 128;

/** What one decoder call is asked for. */
export function decodeRequest(plan: ReaderPlan): DecodeRequest {
  const isWide = plan.kind === 'delimited' && plan.columns.length >= MANY_COLUMNS;
  return { columns: 'all', maxRows: 16_384, maxBytes: isWide ? ORDINARY_BYTES * 2 : ORDINARY_BYTES };
}
