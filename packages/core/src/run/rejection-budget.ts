import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { LimitsSpec } from '../spec/ingestion-spec.ts';

const EXAMPLES = 10;
const EXAMPLE_BYTES = 200;

/** Counts rejected rows of a batch against the limits of the spec and keeps the first ones as examples. */
export class RejectionBudget {
  readonly #limits: Pick<LimitsSpec, 'maxRejectedRows' | 'maxRejectedRatio'>;
  readonly #examples: Diagnostic[] = [];
  #rows = 0;
  #rejected = 0;

  constructor(limits: Pick<LimitsSpec, 'maxRejectedRows' | 'maxRejectedRatio'>) {
    this.#limits = limits;
  }

  read(rows: number): void {
    this.#rows += rows;
  }

  /** @throws {CalveError} `REJECTED_LIMIT` (decide) as soon as there are more than `maxRejectedRows`. */
  rejected(records: readonly RejectedRecord[], unit: ObjectUnit): void {
    this.#rejected += records.length;
    for (const record of records.slice(0, EXAMPLES - this.#examples.length)) this.#examples.push(exampleOf(record, unit));
    if (this.#rejected > this.#limits.maxRejectedRows) this.#fail(`more than ${this.#limits.maxRejectedRows} rows were rejected`);
  }

  /** @throws {CalveError} `REJECTED_LIMIT` (decide) when the share of rejected rows is above `maxRejectedRatio`. */
  assertRatio(): void {
    if (this.#rejected <= this.#rows * this.#limits.maxRejectedRatio) return;
    const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))} %`;
    this.#fail(
      `${this.#rejected} of ${this.#rows} rows (${percent(this.#rejected / this.#rows)}) were rejected, ${percent(this.#limits.maxRejectedRatio)} is the limit`,
    );
  }

  #fail(what: string): never {
    const first = this.#examples[0];
    throw new CalveError('REJECTED_LIMIT', `Nothing was committed: ${what}.${first ? ` The first one: ${first.message}` : ''}`, {
      recovery: {
        kind: 'decide',
        choices: ['fix the files', 'declare the column as text', 'raise limits.maxRejectedRows or limits.maxRejectedRatio'],
      },
      diagnostics: this.#examples,
      context: { read: this.#rows, rejected: this.#rejected },
    });
  }
}

function exampleOf({ codes, position, raw }: RejectedRecord, unit: ObjectUnit): Diagnostic {
  const text = new TextDecoder().decode(raw.subarray(0, EXAMPLE_BYTES));
  const line = position.line === undefined ? '' : ` line ${position.line}`;
  return {
    code: codes[0] ?? 'row:rejected',
    severity: 'warning',
    message: `${unit.uri}${line}: ${codes.join(', ')} in ${JSON.stringify(raw.length > EXAMPLE_BYTES ? `${text}…` : text)}`,
    at: { ...position, unit: unit.key },
  };
}
