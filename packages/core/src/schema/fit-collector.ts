import type { ColumnType } from '../columns/column-type.ts';
import { cellInSource, cellIsNull, type TextCells } from '../projection/kernels/text-cells.ts';
import { type CellClassifier, cellClasses } from './classify-cell.ts';
import type { CellClass } from './column-statistics.ts';
import { countClasses } from './count-classes.ts';
import type { GivenType } from './given-types.ts';

const never = 0;
const always = 1;
/** As far as the digits of the number allow it. */
const byDigits = 2;

/** What of a cell decides whether it fits one type: as `countMisfits` has it. */
interface Fitting {
  /** By index of the class. */
  classes: Uint8Array;
  needsInt64: boolean;
  integerDigits: number;
  scale: number;
}

/** Says of a text column whose types are given whether all of its cells fit them: nothing else of it is kept. */
export class FitCollector {
  readonly #classifier: CellClassifier;
  readonly #fittings: readonly Fitting[];
  #fits = true;

  /** @param classifier May serve many columns. */
  constructor(types: readonly GivenType[], classifier: CellClassifier) {
    this.#classifier = classifier;
    this.#fittings = fittingsOf(types);
  }

  /** True as long as every cell fits every type; empty ones are null in all types but text. */
  get fits(): boolean {
    return this.#fits;
  }

  /** False: no further cell changes anything. */
  get isLooking(): boolean {
    return this.#fits && this.#fittings.length > 0;
  }

  /** Looks at the cells of one batch; null tokens are taken out of `cells` already. */
  add(cells: TextCells): void {
    if (!this.isLooking) return;
    const { rows, states, starts, ends, source, scratch } = cells;
    const seen = { bytes: source, starts, ends, states, rows, plain: cellInSource };
    const counted = cells.scratchLength === 0 ? countClasses(seen, true) : null;
    if (counted !== null) {
      // One of each kind, and those that compiled code leaves open.
      for (let index = 0; index < counted.rows.length && this.#fits; index++) {
        const row = counted.rows[index]!;
        this.#fits = this.#isFitting(source, starts[row]!, ends[row]!);
      }
      return;
    }
    for (let row = 0; row < rows && this.#fits; row++) {
      const state = states[row]!;
      if (state !== cellIsNull) this.#fits = this.#isFitting(state === cellInSource ? source : scratch, starts[row]!, ends[row]!);
    }
  }

  #isFitting(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) return true;
    const classifier = this.#classifier;
    const found = classifier.classify(bytes, start, end);
    for (let index = 0; index < this.#fittings.length; index++) {
      const { classes, needsInt64, integerDigits, scale } = this.#fittings[index]!;
      const fits = classes[found]!;
      if (fits === always) continue;
      const isRoom = classifier.integerDigits <= integerDigits && classifier.neededScale <= scale;
      if (fits === never || !classifier.isExact || !isRoom || (needsInt64 && !classifier.isInt64)) return false;
    }
    return true;
  }
}

/** Of types that are given for many files. */
const knownFittings = new WeakMap<readonly GivenType[], readonly Fitting[]>();

/** Without those that any cell fits. */
function fittingsOf(types: readonly GivenType[]): readonly Fitting[] {
  const fittings =
    knownFittings.get(types) ?? types.map(fittingOf).filter(({ classes }) => classes.some((fits) => fits !== always));
  knownFittings.set(types, fittings);
  return fittings;
}

function fittingOf({ type, exact }: GivenType): Fitting {
  const fitting = (classes: Partial<Record<CellClass, number>>, digits: Partial<Fitting> = {}): Fitting => ({
    classes: Uint8Array.from(cellClasses, (name) => classes[name] ?? never),
    ...{ needsInt64: false, integerDigits: Number.POSITIVE_INFINITY, scale: Number.POSITIVE_INFINITY },
    ...digits,
  });
  const digits = { int64: byDigits, decimal: byDigits, 'text-number': byDigits };
  switch (type.kind) {
    case 'boolean':
    case 'date':
      return fitting({ [type.kind]: always });
    case 'timestamp':
      return fitting({ timestamp: always, ...(type.zone === 'utc' && { 'timestamp-utc': always }) });
    case 'float32':
    case 'float64':
      return fitting({ int64: always, decimal: always, double: always, 'text-number': always });
    case 'int64':
      return fitting(digits, { needsInt64: true });
    case 'int32':
      return fitting(digits, { needsInt64: true, integerDigits: 9 });
    case 'decimal':
      return fitting(exact ? digits : { ...digits, double: always }, {
        integerDigits: type.precision - type.scale,
        ...(exact && { scale: type.scale }),
      });
    case 'time':
    case 'uuid':
      return fitting({ text: always });
    default:
      return fitting(takesAnything(type) ? Object.fromEntries(cellClasses.map((name) => [name, always])) : {});
  }
}

function takesAnything({ kind }: ColumnType): boolean {
  return kind === 'string' || kind === 'binary' || kind === 'fixed';
}
