import { checkHistory, type History, type HistoryProblem } from '@calve/testkit';
import { checkedTable } from './catalog-of-history.ts';
import { SEEDED_FAULTS } from './seeded-faults.ts';
import { REJECTED, TABLE, World } from './world.ts';

/** What one history came to. */
export interface HistoryResult {
  problems: HistoryProblem[];
  notes: string[];
  /** How often each step was reached, and how often a process died there. */
  passed: ReadonlyMap<string, number>;
  killed: ReadonlyMap<string, number>;
  /** Rows that the table has at the end, and whether the last run asked a person. */
  rows: number;
  isHalted: boolean;
  /** Events of the simulation. */
  events: number;
}

/**
 * Lets a history happen, and has it checked.
 *
 * @param fault Name of a mistake that every process makes.
 */
export async function runHistory(history: History, fault: string | null = null): Promise<HistoryResult> {
  const seeded = fault === null ? null : SEEDED_FAULTS[fault];
  if (seeded === undefined) throw new TypeError(`There is no seeded fault "${fault}".`);
  const world = new World(history, seeded);
  const isEndless = !(await world.happen());
  const last = await world.lastRun();
  const { records } = await world.state.look();
  const tables = {
    rows: checkedTable(world.catalog.current(TABLE)),
    rejected: checkedTable(world.catalog.current(REJECTED)),
  };
  const problems = await checkHistory({
    reader: world.reader,
    tables,
    versions: [...world.landing.versions.values()],
    current: new Set(world.landing.current().map(({ version }) => version)),
    ingested: new Set(
      records.flatMap(({ unit, state }) => (state === 'ingested' && unit.kind === 'object' ? [unit.version] : [])),
    ),
    excluded: world.excluded,
    removedByHand: world.removedByHand,
    foreign: world.foreign,
    lastRun: isEndless ? 'badly' : last.kind,
    lastRunSays: isEndless ? 'the processes before it never end' : last.says,
    mayHalt: world.mayHalt,
  });
  const rows = await world.reader.rows(tables.rows);
  return {
    problems: [...world.problems, ...problems],
    notes: world.notes,
    passed: world.passed,
    killed: world.killed,
    rows: rows.length,
    isHalted: last.kind === 'halted',
    events: world.scheduler.happened,
  };
}
