import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { isAboveRatio } from '../findings/is-above-ratio.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { LimitsSpec } from '../spec/ingestion-spec.ts';

/** A way out, for columns that no table has yet. */
export const AS_TEXT = 'declare the column as text';

const NOTHING_KEPT = 'this spec keeps no rejected rows';

const EXAMPLES = 10;
const EXAMPLE_BYTES = 200;

/** What one unit added, or all of them. */
export interface RejectionCount {
  rows: number;
  rejected: number;
  /** By code: rows that have it. */
  codes: ReadonlyMap<string, number>;
  /** The first rejected row; `null`: there is none. */
  first: { record: RejectedRecord; unit: ObjectUnit } | null;
}

/** Most units have nothing rejected. */
const NO_CODES: ReadonlyMap<string, number> = new Map();

interface UnitCount extends RejectionCount {
  unit: ObjectUnit;
}

/** Counts rejected rows of a batch against the limits of the spec and keeps the first ones as examples. */
export class RejectionBudget {
  readonly #limits: Pick<LimitsSpec, 'maxRejectedRows' | 'maxRejectedRatio'>;
  readonly #keepsRows: boolean;
  readonly #examples: Diagnostic[] = [];
  /** Units of which something was rejected: of thousands of them few. */
  readonly #units = new Map<string, UnitCount>();
  /** The unit that is read now: one comes after the other. */
  #current: UnitCount | null = null;
  #rows = 0;
  #rejected = 0;
  /** Reading stopped at a number of rows, so that how many there are is not known. */
  isCut = false;

  /** @param limits null: there is no table for rejected rows, so that they would be gone. Then the first one is too many. */
  constructor(limits: Pick<LimitsSpec, 'maxRejectedRows' | 'maxRejectedRatio'> | null) {
    this.#limits = limits ?? { maxRejectedRows: 0, maxRejectedRatio: 0 };
    this.#keepsRows = limits !== null;
  }

  read(rows: number, unit: ObjectUnit): void {
    this.#rows += rows;
    this.#countOf(unit).rows += rows;
  }

  /** @throws {CalveError} `REJECTED_LIMIT` (decide) as soon as there are more than `maxRejectedRows`. */
  rejected(records: readonly RejectedRecord[], unit: ObjectUnit): void {
    this.#rejected += records.length;
    const count = this.#countOf(unit);
    if (records.length > 0) this.#units.set(unit.key, count);
    count.rejected += records.length;
    if (records[0]) count.first ??= { record: records[0], unit };
    const byCode = new Map(count.codes);
    for (const { codes } of records) for (const code of codes) byCode.set(code, (byCode.get(code) ?? 0) + 1);
    count.codes = byCode;
    for (const record of records.slice(0, EXAMPLES - this.#examples.length)) this.#examples.push(exampleOf(record, unit));
    this.isCut = this.#rejected > this.#limits.maxRejectedRows;
    if (!this.isCut) return;
    const what = this.#keepsRows
      ? `more than ${this.#limits.maxRejectedRows} rows were rejected`
      : `a row was rejected, and ${NOTHING_KEPT}`;
    this.#fail(what);
  }

  /** @throws {CalveError} `REJECTED_LIMIT` (decide) when the share of rejected rows is above `maxRejectedRatio`. */
  assertRatio(): void {
    if (this.#isAbove(this.#rejected, this.#rows)) this.#fail(this.#shareOf(this.#rejected, this.#rows));
  }

  /**
   * Which units are to blame when a limit is exceeded: those of which more than `maxRejectedRatio` was rejected, as far as they were read. Their
   * records, `held`, say how many rows and which one was the first.
   */
  blamed(): UnitRecord[] {
    return [...this.#units.values()].flatMap(({ unit, rows, rejected, first }): UnitRecord[] => {
      if (!first || !this.#isAbove(rejected, rows)) return [];
      const message = `${unit.uri}: ${this.#shareOf(rejected, rows)}. The first one: ${describe(first.record)}`;
      const finding: Diagnostic = { code: 'REJECTED_LIMIT', severity: 'warning', message, at: { unit: unit.key } };
      return [{ unit, state: 'held', finding, code: finding.code, sequence: null, counts: null, attempts: 1 }];
    });
  }

  /** Of one unit; undefined: nothing of it was rejected. */
  of(unitKey: string): RejectionCount | undefined {
    return this.#units.get(unitKey);
  }

  /** Of all units together. */
  total(): RejectionCount {
    const total = new Map<string, number>();
    let firstOfAll: RejectionCount['first'] = null;
    for (const { codes, first } of this.#units.values()) {
      firstOfAll ??= first;
      for (const [code, rows] of codes) total.set(code, (total.get(code) ?? 0) + rows);
    }
    return { rows: this.#rows, rejected: this.#rejected, codes: total, first: firstOfAll };
  }

  #countOf(unit: ObjectUnit): UnitCount {
    if (this.#current?.unit.key === unit.key) return this.#current;
    this.#current = this.#units.get(unit.key) ?? { unit, rows: 0, rejected: 0, codes: NO_CODES, first: null };
    return this.#current;
  }

  #isAbove(rejected: number, rows: number): boolean {
    return isAboveRatio(rejected, rows, this.#limits.maxRejectedRatio);
  }

  #shareOf(rejected: number, rows: number): string {
    const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;
    if (!this.#keepsRows) return `${rejected} of the first ${rows} rows were rejected, and ${NOTHING_KEPT}`;
    return `${rejected} of ${rows} rows (${percent(rejected / rows)}) were rejected, ${percent(this.#limits.maxRejectedRatio)} is the limit`;
  }

  #fail(what: string): never {
    const first = this.#examples[0];
    throw new CalveError('REJECTED_LIMIT', `Nothing was committed: ${what}.${first ? ` The first one: ${first.message}` : ''}`, {
      recovery: {
        kind: 'decide',
        choices: [
          ...['fix the files', AS_TEXT],
          this.#keepsRows
            ? 'raise limits.maxRejectedRows or limits.maxRejectedRatio'
            : 'add an output for rejected rows, or let the column take null (onFailure)',
        ],
      },
      diagnostics: this.#examples,
      context: { read: this.#rows, rejected: this.#rejected },
    });
  }
}

function exampleOf(record: RejectedRecord, unit: ObjectUnit): Diagnostic {
  const separator = record.position.line === undefined ? ': ' : ' ';
  return {
    code: record.codes[0] ?? 'row:rejected',
    severity: 'warning',
    message: `${unit.uri}${separator}${describe(record)}`,
    at: { ...record.position, unit: unit.key },
  };
}

function describe({ codes, position, raw }: RejectedRecord): string {
  const text = new TextDecoder().decode(raw.subarray(0, EXAMPLE_BYTES));
  const line = position.line === undefined ? '' : `line ${position.line}: `;
  return `${line}${codes.join(', ')} in ${JSON.stringify(raw.length > EXAMPLE_BYTES ? `${text}…` : text)}`;
}
