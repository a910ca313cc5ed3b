import type { Observation } from '../format/observation.ts';
import type { ObservedUnitResult } from './observation-cache.ts';

/** So many units of a kind are looked at as a whole before others are trusted to be like them. */
const SEEN_FIRST = 8;
/** More kinds of units than that are looked at as a whole. */
const MOST_KINDS = 8;

interface Kind {
  options: string;
  seen: number;
  /** What is known of a unit that is read like those that were seen. One for all of them: thousands of files take the memory of one. */
  alike: ObservedUnitResult;
}

/**
 * The kinds of units of a batch whose columns all have given types: of a folder of small files the first ones tell how the others are read, and
 * whether they are is told by their heads, and by their decoder (`isPartial`). Where one of them had anything that a person should know, others are
 * likely to have it too, and all of them are looked at as a whole.
 */
export class UnitKinds {
  readonly #kinds = new Map<string, Kind>();
  #isTrusting = true;

  /** Observations that a further unit may be like, if it is read with these options. */
  *known(format: string, options: string): Generator<ObservedUnitResult> {
    if (!this.#isTrusting) return;
    for (const kind of this.#kinds.values())
      if (kind.seen >= SEEN_FIRST && kind.alike.format === format && kind.options === options) yield kind.alike;
  }

  /** Takes notice of a unit that was looked at. */
  learn(result: ObservedUnitResult, options: string): void {
    const { format, plan, observation } = result;
    if (!this.#isTrusting || plan.kind !== 'delimited') return;
    if (!isPlain(observation)) {
      this.#isTrusting = false;
      return;
    }
    // A file without rows tells how it is read, and not how rows are; and a part of one tells too little.
    if (observation.exactRows === 0 || observation.origin !== 'full-scan') return;
    const id = JSON.stringify([format, options, plan, observation.facts]);
    const known = this.#kinds.get(id);
    if (known) known.seen += 1;
    else if (this.#kinds.size < MOST_KINDS) {
      const { fields, facts, nulls } = observation;
      const alike: Observation = { fields, facts, origin: 'sample', sampledBytes: 0, findings: [], ...(nulls && { nulls }) };
      this.#kinds.set(id, { options, seen: 1, alike: { format, plan: { ...plan, isPartial: true }, observation: alike } });
    }
  }
}

/** True when all values that were looked at fit the types that are given, and there is nothing more to say of the unit. */
function isPlain({ fields, findings, rejectedRows, undecided }: Observation): boolean {
  const isQuiet = findings.every(({ severity }) => severity === 'info');
  return undecided === undefined && (rejectedRows ?? 0) === 0 && isQuiet && fields.every(({ fits }) => fits);
}
