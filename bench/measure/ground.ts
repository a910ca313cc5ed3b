import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from '../contestants/contestant.ts';
import type { Job } from '../contestants/job.ts';
import type { Dataset } from '../data/dataset.ts';
import { needsPreparation, type Workload } from '../workloads/workload.ts';
import { type Measured, type Measuring, measure } from './measured-run.ts';

/** The files of a workload. */
export interface WorkloadFiles {
  readonly landing: Dataset;
  readonly changes: Dataset | null;
}

/** What is to be done in a folder of a contestant's own. */
export function jobOf(workload: Workload, files: WorkloadFiles, folder: string, threads: number): Job {
  const { text } = workload.landing;
  return {
    task: workload.task,
    lake: join(folder, 'lake'),
    landing: workload.arriving === undefined ? files.landing.folder : join(folder, 'landing'),
    ...(files.changes && { changes: files.changes.folder }),
    table: 'bench.rows',
    format: text.format,
    columns: text.columns,
    newlinesInValues: text.newlinesInValues,
    key: 'id',
    newest: 'version',
    threads,
  };
}

/** Where one contestant does one workload again and again, each time from the same beginning. */
export class Ground {
  readonly #workload: Workload;
  readonly #contestant: Contestant;
  readonly #files: WorkloadFiles;
  readonly #folder: string;
  readonly #measuring: Measuring;
  readonly job: Job;
  #isPrepared = false;

  constructor(workload: Workload, contestant: Contestant, files: WorkloadFiles, folder: string, measuring: Measuring) {
    this.#workload = workload;
    this.#contestant = contestant;
    this.#files = files;
    this.#folder = folder;
    this.#measuring = measuring;
    this.job = jobOf(workload, files, folder, measuring.threads);
  }

  /**
   * One measured run from the same beginning.
   *
   * @param flags Come before the contestant's program.
   * @throws {Error} What has to be loaded before could not be.
   */
  run(flags: readonly string[] = []): Measured {
    this.#reset();
    return measure(this.#contestant, this.job, this.#folder, this.#measuring, flags);
  }

  /** Removes what the last run wrote. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An empty lake, or the one of a first run: copied back to where it lay, since paths in Iceberg are absolute. */
  #reset(): void {
    const { lake } = this.job;
    const before = `${lake}.before`;
    if (needsPreparation(this.#workload) && !this.#isPrepared) {
      const { arriving = 0 } = this.#workload;
      mkdirSync(lake, { recursive: true });
      if (arriving > 0) this.#arrive(0, -arriving);
      // A table that is merged into has a data file for each file that was loaded, as it would after so many days.
      const task = this.#workload.task === 'merge' ? 'commits' : 'append';
      const { problem } = measure(this.#contestant, { ...this.job, task }, this.#folder, this.#measuring);
      if (problem !== null) throw new Error(`What is loaded before: ${problem}`);
      cpSync(lake, before, { recursive: true });
      if (arriving > 0) this.#arrive(-arriving);
      this.#isPrepared = true;
    }
    rmSync(lake, { recursive: true, force: true });
    if (existsSync(before)) cpSync(before, lake, { recursive: true });
    else mkdirSync(lake, { recursive: true });
  }

  /**
   * Files of the workload, from one place in their order to another, come to lie in the landing folder. Copies, as old as the originals: a link for
   * the next contestant would change the files of all of them.
   */
  #arrive(from: number, to?: number): void {
    const { folder, names } = this.#files.landing;
    mkdirSync(this.job.landing, { recursive: true });
    for (const name of names.slice(from, to)) {
      const [file, copy] = [join(folder, name), join(this.job.landing, name)];
      copyFileSync(file, copy);
      const { atime, mtime } = statSync(file);
      utimesSync(copy, atime, mtime);
    }
  }
}
