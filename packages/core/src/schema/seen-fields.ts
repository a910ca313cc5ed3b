import type { PlacedField } from './column-question.ts';

/** A unit, by its index, and what it showed of a column. */
export interface SeenField {
  unit: number;
  observed: PlacedField;
}

/** Units that follow each other and showed the very same. */
interface Run {
  units: number[];
  observed: PlacedField;
}

/** What units showed of a column, in their order. Thousands of units that are like each other take the memory of their indexes, once for all columns. */
export class SeenFields implements Iterable<SeenField> {
  readonly #runs: Run[] = [];

  /** @param units Others may be added to them: they showed the same. */
  add(units: number[], observed: PlacedField): void {
    this.#runs.push({ units, observed });
  }

  /** True when no unit showed the column. Asked of each field of each unit, which may all be in runs of their own. */
  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** How many units there are: takes as long as there are runs. */
  get length(): number {
    return this.#runs.reduce((sum, { units }) => sum + units.length, 0);
  }

  get first(): SeenField | undefined {
    return this[Symbol.iterator]().next().value ?? undefined;
  }

  get last(): SeenField | undefined {
    const run = this.#runs.at(-1);
    const unit = run?.units.at(-1);
    return run && unit !== undefined ? { unit, observed: run.observed } : undefined;
  }

  *[Symbol.iterator](): Generator<SeenField, undefined> {
    for (const { units, observed } of this.#runs) for (const unit of units) yield { unit, observed };
  }

  some(isWanted: (seen: SeenField) => unknown): boolean {
    for (const seen of this) if (isWanted(seen)) return true;
    return false;
  }

  map<Value>(make: (seen: SeenField) => Value): Value[] {
    return Array.from(this, make);
  }

  flatMap<Value>(make: (seen: SeenField) => Value | readonly Value[]): Value[] {
    return Array.from(this, make).flat() as Value[];
  }

  filter(isWanted: (seen: SeenField) => boolean): SeenFields {
    const wanted = new SeenFields();
    for (const seen of this) if (isWanted(seen)) wanted.add([seen.unit], seen.observed);
    return wanted;
  }
}
