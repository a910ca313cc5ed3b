import type { ColumnSpec, ReplayFilter, ResetChoice, RollbackChoice, RunOptions, UnknownFiles } from '@calve/core';
import type { CommandName } from './command-line.ts';
import type { GivenLimits } from './parse-limits.ts';
import type { GivenValue } from './parse-set.ts';

/** The arguments of one command, checked as far as that is possible without looking at a disk. Paths are as they were given. */
export interface CommandArguments {
  command: CommandName;
  landing?: string;
  /** Absent for `explain` only. */
  lake?: string;
  /** Of `apply` and `explain`. */
  planFile?: string;
  specFile?: string;
  table?: string;
  id?: string;
  columns?: Record<string, ColumnSpec>;
  pattern?: string;
  /** In the order in which they were given. */
  set?: GivenValue[];
  state?: string;
  rows?: number;
  output?: string;
  /** Of `run`: a file. */
  bundle?: string;
  withNames?: true;
  /** Of `bundle`: id of a run. */
  run?: string;
  allow: NonNullable<RunOptions['allow']>;
  isolation?: 'inline' | 'process';
  limits?: GivenLimits;
  /** Of what writes. */
  ifBusy?: 'wait' | 'stop';
  /** Of `rejects`: rows instead of causes. */
  all?: true;
  /** Of `patch`: numbers or ids of fixes. */
  fixes?: string[];
  /** Of `replay`. */
  filter?: ReplayFilter;
  dryRun?: true;
  /** Of `history`: how many, and below which number. */
  commits?: number;
  before?: number;
  /** Of `adopt`. */
  unknown?: UnknownFiles;
  yes?: true;
  /** Of `reset`; absent: nothing was chosen. */
  choice?: ResetChoice;
  /** Of `accept-rollback`; absent: nothing was chosen. */
  rollback?: RollbackChoice;
}

/** What a command line asks for. */
export type Invocation =
  | { kind: 'command'; json: boolean; arguments: CommandArguments }
  /** `null`: of calve itself. */
  | { kind: 'help'; command: CommandName | null }
  | { kind: 'version' };
