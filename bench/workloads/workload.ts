import type { DatasetPlan } from '../data/dataset.ts';
import type { Goal } from './goal.ts';

/** One piece of work, the same for all contestants: from files to a committed table, in a process that was not running before. */
export interface Workload {
  readonly name: string;
  /** For people: `base CSV, 500 MB`. */
  readonly title: string;
  readonly task: 'append' | 'commits' | 'merge';
  readonly landing: DatasetPlan;
  /** So many files of `landing` arrive after a first run that is not measured. */
  readonly arriving?: number;
  /** Rows that take the place of rows of `landing`, which were loaded before without being measured; of `merge` only. */
  readonly changes?: DatasetPlan;
  readonly goals: readonly Goal[];
  /** True: only run when it is named. */
  readonly onlyNamed?: boolean;
}

/** True when something has to be loaded before the measurement begins. */
export function needsPreparation(workload: Workload): boolean {
  return workload.arriving !== undefined || workload.task === 'merge';
}
