import { excerpt } from '../columns/cell-text.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import { cellInSource, cellIsNull, type TextCells } from '../projection/kernels/text-cells.ts';
import { rowPosition } from '../projection/row-failures.ts';
import type { Position } from '../source/position.ts';
import {
  type CellClassifier,
  cellClasses,
  decimalClass,
  int64Class,
  mostDecimalDigits,
  textNumberClass,
} from './classify-cell.ts';
import { FormCollector } from './collect-forms.ts';
import type { ColumnStatistics, ExampleCell, NumberShape } from './column-statistics.ts';
import { countClasses, type SeenCells } from './count-classes.ts';

const digitCounts = mostDecimalDigits + 1;
const shapeClasses = ['int64', 'decimal', 'text-number', 'text-number'] as const;
const textInt64Shapes = 2;
const textExactShapes = 3;

/** Where cells stand. Asked once per new fact. */
export interface CellPlaces {
  /** The unit is left empty. */
  positionOf(row: number): Position;
}

/** Classes that a quoted JSON value may have; any other is text. */
const timeClasses: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp-utc']);
const isTimeClass = cellClasses.map((name) => timeClasses.has(name));
const textClass = cellClasses.indexOf('text');
/** What stands for many values is short. In bytes. */
const longestOnlyText = 64;

/** The counters of one text column while its cells go by. Counting touches numbers only; an example is made once per new fact. */
export class StatisticsCollector {
  readonly #name: string;
  readonly #unit: string;
  readonly #classifier: CellClassifier;
  /** A plain list: a typed array of that size would stand outside of the heap, and there are as many as columns times files. */
  readonly #counts: number[] = cellClasses.map(() => 0);
  readonly #firsts: (ExampleCell | null)[] = cellClasses.map(() => null);
  readonly #shapes: NumberShape[] = [];
  /** Places in `#shapes` by kind, integer digits and scale. A table would be faster and take 12 KiB per column and kind. */
  readonly #placeOfShape = new Map<number, number>();
  #lastShape = -1;
  #lastPlace = -1;
  readonly #forms = new FormCollector();
  /** The text that all cells of class text have had so far. */
  #onlyText: Uint8Array | null = null;
  #thousands = 0;
  #nulls = 0;
  #empty = 0;
  #integerDigits = -1;
  #widest: ExampleCell | null = null;
  #scale = -1;
  #finest: ExampleCell | null = null;
  #notDouble = 0;
  #firstNotDouble: ExampleCell | null = null;

  /** @param classifier May serve many columns: it keeps nothing from one cell to the next. */
  constructor(name: string, unit: string, classifier: CellClassifier) {
    this.#classifier = classifier;
    this.#name = name;
    this.#unit = unit;
  }

  /** Counts the cells of one batch; null tokens are taken out of `cells` already. */
  add(cells: TextCells, batch: ColumnBatch): void {
    const { rows, states, starts, ends, source, scratch } = cells;
    const places: CellPlaces = { positionOf: (row) => rowPosition(batch, row) };
    this.#nulls += cells.nulls;
    if (cells.scratchLength === 0) {
      this.addCells({ bytes: source, starts, ends, states, rows, plain: cellInSource }, places);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const state = states[row]!;
      if (state !== cellIsNull)
        this.#add(state === cellInSource ? source : scratch, starts[row]!, ends[row]!, false, places, row);
    }
  }

  /**
   * Counts one JSON scalar: the text of a string, or the lexeme of anything else. A string is a date, a timestamp or text, never a number
   * or a boolean: `"007"` was put in quotes for a reason.
   */
  addJson(bytes: Uint8Array, start: number, end: number, isString: boolean, places: CellPlaces): void {
    this.#add(bytes, start, end, isString, places, 0);
  }

  /** Counts many cells: as one by one, and faster where compiled code sees them. */
  addCells(cells: SeenCells, places: CellPlaces): void {
    if (this.#addCompiled(cells, places)) return;
    const { bytes, starts, ends, states, rows, plain, quoted } = cells;
    for (let row = 0; row < rows; row++) {
      const state = states[row]!;
      if (state === plain || state === quoted) this.#add(bytes, starts[row]!, ends[row]!, state === quoted, places, row);
    }
  }

  /** What was counted so far, as plain JSON of its own. */
  finish(): ColumnStatistics {
    const classes: ColumnStatistics['classes'] = {};
    let values = this.#empty;
    cellClasses.forEach((name, index) => {
      const count = this.#counts[index]!;
      const first = this.#firsts[index];
      if (count === 0 || !first) return;
      classes[name] = { count, first };
      values += count;
    });
    return {
      values,
      nulls: this.#nulls,
      empty: this.#empty,
      classes,
      ...(this.#widest ? { integerDigits: { digits: this.#integerDigits, first: this.#widest } } : {}),
      ...(this.#finest ? { scale: { digits: this.#scale, first: this.#finest } } : {}),
      ...(this.#firstNotDouble ? { notDouble: { count: this.#notDouble, first: this.#firstNotDouble } } : {}),
      ...this.#forms.finish(),
      ...(this.#onlyText !== null ? { sameText: true } : {}),
      ...(this.#thousands > 0 ? { thousands: this.#thousands } : {}),
      ...(this.#shapes.length > 0 ? { shapes: this.#shapes.map((shape) => ({ ...shape })) } : {}),
    };
  }

  /**
   * Counts by compiled code what is alike, and looks at one cell of each kind, and at all that are none, in the order of the rows: so
   * everything is as if all had been looked at. False: nothing was done.
   */
  #addCompiled(cells: SeenCells, places: CellPlaces): boolean {
    const counted = countClasses(cells, !this.#looksAtTexts && this.#counts[textClass]! > 0);
    if (counted === null) return false;
    const { bytes, starts, ends, states, quoted } = cells;
    for (let index = 0; index < counted.rows.length; index++) {
      const row = counted.rows[index]!;
      const found = this.#add(bytes, starts[row]!, ends[row]!, states[row] === quoted, places, row);
      if (counted.others[index]! > 0) this.#repeat(found, counted.others[index]!);
    }
    return true;
  }

  /** Counts some more cells that differ from the last one in nothing that matters. */
  #repeat(found: number, cells: number): void {
    this.#counts[found]! += cells;
    const { isExact, isNotDouble, scale, integerDigits } = this.#classifier;
    if (!isExact) return;
    this.#shapes[this.#lastPlace]!.count += cells;
    if (found === textNumberClass) return;
    if (isNotDouble) this.#notDouble += cells;
    if (found === decimalClass && isThousands(integerDigits, scale)) this.#thousands += cells;
  }

  /** Counts one cell; its class, -1 for an empty one. */
  #add(bytes: Uint8Array, start: number, end: number, isString: boolean, places: CellPlaces, row: number): number {
    if (start === end) {
      this.#empty += 1;
      return -1;
    }
    const classifier = this.#classifier;
    let found = classifier.classify(bytes, start, end);
    if (isString && !isTimeClass[found]) {
      classifier.isExact = false;
      found = textClass;
    }
    if (this.#counts[found] === 0 || classifier.isExact || (found === textClass && this.#looksAtTexts))
      this.#count(found, bytes, start, end, places, row);
    else this.#counts[found]! += 1;
    return found;
  }

  /** A further text may still tell something. */
  get #looksAtTexts(): boolean {
    return this.#forms.isOpen || this.#onlyText !== null;
  }

  #count(found: number, bytes: Uint8Array, start: number, end: number, places: CellPlaces, row: number): void {
    const counts = this.#counts;
    if (found === textClass) {
      if (counts[found] === 0) this.#onlyText = end - start > longestOnlyText ? null : bytes.slice(start, end);
      else if (this.#onlyText !== null && !isSameText(this.#onlyText, bytes, start, end)) this.#onlyText = null;
    }
    if (counts[found] === 0) this.#firsts[found] = this.#example(bytes, start, end, places, row);
    counts[found]! += 1;
    if (this.#classifier.isExact) this.#addNumber(found, bytes, start, end, places, row);
    else if (found === textClass && this.#forms.isOpen && this.#forms.add(bytes, start, end))
      this.#forms.explain(this.#example(bytes, start, end, places, row));
  }

  #addNumber(found: number, bytes: Uint8Array, start: number, end: number, places: CellPlaces, row: number): void {
    const { integerDigits, scale, isNotDouble, isInt64, neededScale } = this.#classifier;
    if (found !== textNumberClass) {
      if (integerDigits > this.#integerDigits) {
        this.#integerDigits = integerDigits;
        this.#widest = this.#example(bytes, start, end, places, row);
      }
      if (found === decimalClass) {
        if (isThousands(integerDigits, scale)) this.#thousands += 1;
        if (scale > this.#scale) {
          this.#scale = scale;
          this.#finest = this.#example(bytes, start, end, places, row);
        }
      }
      if (isNotDouble) {
        this.#firstNotDouble ??= this.#example(bytes, start, end, places, row);
        this.#notDouble += 1;
      }
    }
    const kind = found !== textNumberClass ? found - int64Class : isInt64 ? textInt64Shapes : textExactShapes;
    const shape = (kind * digitCounts + integerDigits) * digitCounts + neededScale;
    // Neighbours in a column are mostly alike.
    if (shape !== this.#lastShape) {
      this.#lastPlace = this.#placeOfShape.get(shape) ?? -1;
      this.#lastShape = shape;
      if (this.#lastPlace < 0) {
        const first = this.#example(bytes, start, end, places, row);
        this.#lastPlace = this.#shapes.length;
        this.#placeOfShape.set(shape, this.#lastPlace);
        this.#shapes.push({ class: shapeClasses[kind]!, isInt64, integerDigits, scale: neededScale, count: 0, first });
      }
    }
    this.#shapes[this.#lastPlace]!.count += 1;
  }

  #example(bytes: Uint8Array, start: number, end: number, places: CellPlaces, row: number): ExampleCell {
    return { value: excerpt(bytes, start, end), at: { ...places.positionOf(row), unit: this.#unit, column: this.#name } };
  }
}

/** Perhaps an integer with a point between its groups. */
function isThousands(integerDigits: number, scale: number): boolean {
  return scale === 3 && integerDigits > 0 && integerDigits < 4;
}

function isSameText(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}
