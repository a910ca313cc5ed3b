// What core and the format load when it is asked for: loading takes real time, in which a history would go on without it.
import '../../packages/core/src/checkpoint/memory-checkpoint-store.ts';
import '../../packages/core/src/kernels.wasm.ts';
import '../../packages/core/src/plan/assert-modes-named.ts';
import '../../packages/core/src/projection/apply-projection.ts';
import '../../packages/core/src/run/evidence-mismatch.ts';
import '../../packages/core/src/run/operate-ledger.ts';
import '../../packages/core/src/run/run-ingestion.ts';
import '../../packages/core/src/run/segments/gathered-units.ts';
import '../../packages/core/src/schema/table-schema.ts';
import '../../packages/format-csv/src/csv-decoder.ts';
import '../../packages/format-csv/src/kernels.wasm.ts';
import '../../packages/sink-iceberg/src/datafile/table-writer.ts';
import '../../packages/sink-iceberg/src/kernels.wasm.ts';
import '../../packages/sink-iceberg/src/read-table.ts';
import '../../packages/sink-iceberg/src/rewrite/rewriting-writer.ts';
import { checkHistory, type History, type HistoryProblem } from '@calve/testkit';
import { checkedTable } from './catalog-of-history.ts';
import { REJECTED, TABLE } from './orders-spec.ts';
import type { ProcessEnd } from './process-end.ts';
import { World } from './world.ts';

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

/** Lets a history happen, and has it checked. */
export async function runHistory(history: History): Promise<HistoryResult> {
  const world = new World(history);
  const isEndless = !(await world.happen());
  const last = await world.lastRun();
  const problems = await checkWorld(world, isEndless, last);
  const rows = await world.reader.rows(checkedTable(world.catalog.current(TABLE)));
  return {
    problems,
    notes: world.notes,
    passed: world.passed,
    killed: world.killed,
    rows: rows.length,
    isHalted: last.kind === 'halted',
    events: world.scheduler.happened,
  };
}

/**
 * What the checker says of a world at its end, and what was seen on the way.
 *
 * @param isEndless The processes before the last one never ended.
 */
export async function checkWorld(world: World, isEndless: boolean, last: ProcessEnd): Promise<HistoryProblem[]> {
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
      // Without counts nothing of it was loaded: it counts as if it had been.
      records.flatMap(({ unit, state, counts }) =>
        state === 'ingested' && counts !== null && unit.kind === 'object' ? [unit.version] : [],
      ),
    ),
    eras: world.decisions.eras,
    removedByHand: world.decisions.removedByHand,
    foreign: world.foreign,
    lastRun: isEndless ? 'badly' : last.kind,
    lastRunSays: isEndless ? 'the processes before it never end' : last.says,
    mayHalt: world.decisions.mayHalt,
  });
  return [...world.problems, ...problems];
}
