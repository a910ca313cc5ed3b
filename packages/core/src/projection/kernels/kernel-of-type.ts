import type { ColumnType } from '../../columns/column-type.ts';
import type { TextParse } from '../projection.ts';
import { booleanKernel } from './boolean.ts';
import { dateKernel } from './date.ts';
import { decimalKernel } from './decimal.ts';
import { float32Kernel } from './float32.ts';
import { float64Kernel } from './float64.ts';
import { int32Kernel } from './int32.ts';
import { int64Kernel } from './int64.ts';
import { stringKernel } from './string.ts';
import type { TextKernel } from './text-kernel.ts';
import { timestampKernel } from './timestamp.ts';

/** The kernel that reads text as `type`; `null` for a type that text cannot become yet. */
export function kernelOfType(type: ColumnType, parse: TextParse = {}): TextKernel | null {
  switch (type.kind) {
    case 'boolean':
      return booleanKernel(parse.true ?? ['true'], parse.false ?? ['false']);
    case 'int32':
      return int32Kernel;
    case 'int64':
      return int64Kernel;
    case 'float32':
      return float32Kernel(parse.special ?? false);
    case 'float64':
      return float64Kernel(parse.special ?? false);
    case 'decimal':
      return decimalKernel(type.precision, type.scale, parse.exact ?? false);
    case 'date':
      return dateKernel;
    case 'timestamp':
      return type.unit === 'micros' ? timestampKernel(type.zone) : null;
    case 'string':
      return stringKernel;
    default:
      return null;
  }
}
