import type { Field } from '@calve/core';

/** What one process of a contestant is to do, from files to a committed table. Handed over as a JSON file, whose path is the only parameter. */
export interface Job {
  /**
   * `append`: all new files of the landing folder in one commit. `commits`: the same with a commit per file. `merge`: the rows of the files of
   * `changes` take the place of rows with the same key.
   */
  readonly task: 'append' | 'commits' | 'merge';
  /** The contestant's own folder, for its catalog, warehouse and whatever else it keeps. */
  readonly lake: string;
  readonly landing: string;
  /** Folder of changed rows; of `merge` only. */
  readonly changes?: string;
  readonly table: string;
  readonly format: 'csv' | 'jsonl';
  readonly columns: readonly Field[];
  /** True: line feeds stand inside of quoted values. */
  readonly newlinesInValues: boolean;
  /** Column that identifies a row, and the one whose greatest value is the newest version. */
  readonly key: string;
  readonly newest: string;
  readonly threads: number;
}

/** The last line that such a process prints. */
export interface JobDone {
  /** CPU seconds of each commit, of `commits` only. */
  readonly commits: readonly number[];
}
