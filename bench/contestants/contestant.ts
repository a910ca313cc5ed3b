import type { Workload } from '../workloads/workload.ts';

/** A program that is ready to run. */
export interface Contestant {
  readonly name: string;
  /** For people, with versions: `PyIceberg 0.12.0 + PyArrow 26.0.1`. */
  readonly title: string;
  /** `parquet`: a data file without a table, which is less work. */
  readonly writes: 'table' | 'parquet';
  /** How its threads are limited, beside being held to so many cores. */
  readonly threadLimit: string;
  command(job: string): readonly string[];
  environment(threads: number): Readonly<Record<string, string>>;
  /** Why it does not take part in a workload; null: it does. */
  cannot(workload: Workload): string | null;
}

/** A program that cannot be run here, and why. Its rows say so. */
export interface MissingContestant {
  readonly name: string;
  readonly title: string;
  readonly missing: string;
}
