import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';

/**
 * Remembers which units of a run changed or disappeared under its plans, or showed what these could not know, so that the run plans them again by
 * itself. Each place once: one that changes all the time is left to the next run, with the failure.
 */
export class PlanAgain {
  readonly #places = new Set<string>();
  #waiting: UnitRecord[] = [];
  #mayTrustHeads = true;

  /** Whether the next plan may be made from the heads of units. Once one had more to it, no plan of the run is. */
  get mayTrustHeads(): boolean {
    return this.#mayTrustHeads;
  }

  /** Whether a unit that was not loaded is planned again. */
  takes(record: UnitRecord): boolean {
    const { unit, code, state } = record;
    if (isIncomplete(record)) {
      this.#mayTrustHeads = false;
      this.#waiting.push(record);
      return true;
    }
    if (state !== 'failed' || (code !== 'OBJECT_CHANGED' && code !== 'OBJECT_NOT_FOUND')) return false;
    const place = unit.kind === 'object' ? unit.place : unit.key;
    if (this.#places.has(place)) return false;
    this.#places.add(place);
    this.#waiting.push(record);
    return true;
  }

  /** Whether any was taken since the last call of `findings`. */
  get isNeeded(): boolean {
    return this.#waiting.length > 0;
  }

  /** What was taken since the last call, as findings; none: there is nothing to plan again. */
  findings(): Diagnostic[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken.map(findingOf);
  }

  /** Keys of a plan's units that the next plan of the run need not look at. Those that are planned again it has to, under any key. */
  settledKeys({ batch }: IngestionPlan): string[] {
    const waiting = new Set(this.#waiting.map(({ unit }) => unit.key));
    // What one unit showed may change what becomes of all of them: nothing was loaded.
    if (this.#waiting.some(isIncomplete)) for (const { unit } of batch.units) waiting.add(unit.key);
    const copies = this.#waiting.length > 0 ? batch.setAside.filter(({ code }) => code === 'OBJECT_SAME_CONTENT') : [];
    // A copy of what disappeared has to be loaded in its place.
    for (const { unit } of copies) waiting.add(unit.key);
    return [...batch.units, ...batch.setAside].flatMap(({ unit }) => (waiting.has(unit.key) ? [] : [unit.key]));
  }
}

/** True for a unit with members that the plan, made from its head, could not know: nothing of the batch was loaded. */
export function isIncomplete({ state, code }: UnitRecord): boolean {
  return state === 'failed' && code === 'PLAN_INCOMPLETE';
}

function findingOf({ unit, code, finding }: UnitRecord): Diagnostic {
  if (code === 'PLAN_INCOMPLETE' && finding) return { ...finding, severity: 'info' };
  const name = unit.kind === 'object' ? unit.uri : unit.key;
  const at = { unit: unit.key };
  if (code === 'OBJECT_NOT_FOUND') {
    const message = `${name} was deleted or renamed before it was loaded; nothing of it is in the table.`;
    return { code, severity: 'warning', message, at };
  }
  const message = `${name} changed before it was loaded; it is planned again as it is now.`;
  return { code: 'OBJECT_CHANGED', severity: 'warning', message, at };
}
