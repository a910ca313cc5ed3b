import type { ReaderPlan } from './reader-plan.ts';

/**
 * How single records of a unit are read when they stand one after another, each with a line feed behind it, without the header and whatever else
 * stood around them: the same columns, by the same rules. Records are kept as text in UTF-8. Pure.
 *
 * @returns null: the records of this kind of file cannot be read without the file.
 */
export function recordReader(plan: ReaderPlan): ReaderPlan | null {
  switch (plan.kind) {
    case 'delimited': {
      const { isEncodingAssumed: _, isPartial: __, ...reader } = plan;
      return { ...reader, encoding: 'utf-8', header: false, skipLines: 0, skipFooterLines: 0, compression: null };
    }
    case 'json': {
      const { isFramingAssumed: _, isPartial: __, ...reader } = plan;
      return { ...reader, framing: plan.framing === 'lines' ? 'lines' : 'values', recordsAt: [], compression: null };
    }
    default:
      return null;
  }
}
