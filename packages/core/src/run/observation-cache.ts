import type { Observation } from '../format/observation.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import { SharedLooks } from './shared-looks.ts';

/** What was learned about one unit before it is loaded. */
export interface ObservedUnitResult {
  format: string;
  plan: ReaderPlan;
  observation: Observation;
}

/** About 40 MB: what is known of a field takes some 2 KB. */
const MAX_FIELDS = 20_000;

/**
 * Observations by unit key and format, so that a preview, the plan after it and the run look once. Bounded by the fields in them, whatever the
 * files look like: the oldest go first, and a file so wide that it would drive out many others is not kept at all.
 */
export class ObservationCache {
  readonly #entries = new Map<string, ObservedUnitResult>();
  readonly #looks = new SharedLooks();
  readonly #maxFields: number;
  #fields = 0;

  constructor(maxFields = MAX_FIELDS) {
    this.#maxFields = maxFields;
  }

  get(key: string): ObservedUnitResult | undefined {
    return this.#entries.get(key);
  }

  /**
   * Keeps the result, or does not: whoever asks later observes again.
   *
   * @returns The same result, to be used from now on: parts of it are those of an earlier one.
   */
  set(key: string, result: ObservedUnitResult): ObservedUnitResult {
    this.#delete(key);
    const weight = weightOf(result);
    if (weight > this.#maxFields / 4) return result;
    const kept = this.#looks.shared(result);
    this.#entries.set(key, kept);
    this.#fields += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#fields <= this.#maxFields) break;
      this.#delete(oldest);
    }
    return kept;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#fields -= weightOf(entry);
  }
}

/** A file without fields takes room too. */
function weightOf({ observation }: ObservedUnitResult): number {
  return 1 + observation.fields.length;
}
