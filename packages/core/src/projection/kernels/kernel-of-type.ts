import type { ColumnType } from '../../columns/column-type.ts';
import { PatternReader } from '../patterns/pattern-reader.ts';
import type { TextParse } from '../projection.ts';
import { binaryKernel, fixedKernel } from './binary.ts';
import { booleanKernel } from './boolean.ts';
import { dateKernel } from './date.ts';
import { decimalKernel } from './decimal.ts';
import { epochKernel } from './epoch.ts';
import { float32Kernel } from './float32.ts';
import { float64Kernel } from './float64.ts';
import { int32Kernel } from './int32.ts';
import { int64Kernel } from './int64.ts';
import { patternedDateKernel, patternedTimeKernel, patternedTimestampKernel } from './patterned.ts';
import { SpecialNumbers } from './special-numbers.ts';
import { stringKernel } from './string.ts';
import type { TextKernel } from './text-kernel.ts';
import { timeKernel } from './time.ts';
import { type TimestampForm, timestampKernel } from './timestamp.ts';
import { uuidKernel } from './uuid.ts';
import { writtenNumberKernel } from './written-numbers.ts';
import { ZoneClock } from './zone-clock.ts';

/**
 * The kernel that reads text as `type`; `null` for a type that text cannot become: struct, list, map, unknown. It is bound to nothing:
 * any `TextCells` can be converted, rows of a batch or elements of a list.
 *
 * @param parse Members that the type does not know are passed over; `readingProblem` finds them.
 * @param formats Patterns of a date, time or timestamp, tried in order. Empty: the ISO forms.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): a pattern is none, or the platform does not know the zone.
 */
export function kernelOfType(type: ColumnType, parse: TextParse = {}, formats: readonly string[] = []): TextKernel | null {
  switch (type.kind) {
    case 'boolean':
      return booleanKernel(parse.true ?? ['true'], parse.false ?? ['false']);
    case 'int32':
      return asWritten(() => int32Kernel, wholeNumbers(parse));
    case 'int64':
      return asWritten(() => int64Kernel, wholeNumbers(parse));
    case 'float32':
      return asWritten(float32Kernel, parse);
    case 'float64':
      return asWritten(float64Kernel, parse);
    case 'decimal':
      return asWritten(() => decimalKernel(type.precision, type.scale, parse.exact ?? false), parse);
    case 'date':
      return formats.length === 0 ? dateKernel : patternedDateKernel(readersOf(formats));
    case 'time':
      return formats.length === 0 ? timeKernel : patternedTimeKernel(readersOf(formats));
    case 'timestamp': {
      if (parse.unit !== undefined) return epochKernel(parse.unit, type.unit);
      const clock = parse.zone === undefined ? null : new ZoneClock(parse.zone);
      const form: TimestampForm = { unit: type.unit, zone: type.zone, clock };
      return formats.length === 0 ? timestampKernel(form) : patternedTimestampKernel(readersOf(formats), form);
    }
    case 'string':
      return stringKernel;
    case 'binary':
      return binaryKernel(parse.encoding ?? 'utf-8');
    case 'fixed':
      return fixedKernel(type.bytes, parse.encoding ?? 'utf-8');
    case 'uuid':
      return uuidKernel;
    default:
      return null;
  }
}

function readersOf(formats: readonly string[]): PatternReader[] {
  return formats.map((format) => new PatternReader(format));
}

/** A whole number has no fraction, so that a point may stand between its groups. */
function wholeNumbers({ group }: TextParse): TextParse {
  if (group === undefined) return {};
  return { group, decimal: group === '.' ? ',' : '.' };
}

/** Files that write numbers as JSON does are read without a detour. */
function asWritten(kernelWith: (special: SpecialNumbers | null) => TextKernel, parse: TextParse): TextKernel {
  const { decimal = '.', group } = parse;
  const special = SpecialNumbers.from(parse.special);
  if (decimal === '.' && group === undefined) return kernelWith(special);
  return writtenNumberKernel(kernelWith(special && SpecialNumbers.from(true)), { decimal, group: group ?? null }, special);
}
