import type { TableCommit, TableEvidence } from '../sink/sink.ts';

/** Whether the rows of a commit are where readers see them. `untold`: the snapshots that would tell have expired. */
export type CommitFate = 'there' | 'gone' | 'untold';

/**
 * What became of the commits of a ledger in one table that was rolled back, or may have been. A history is a line, and a rollback cuts its end off:
 * what comes before a commit that readers see is there, and what comes after one that went has gone with it.
 */
export class GoneCommits {
  /** The newest commit that readers see for certain; 0: none. */
  readonly shown: number;
  /** The newest commit that the table proves. */
  readonly newest: number;
  /** The oldest one that went for certain. */
  readonly #goneFrom: number;
  readonly #rollback: TableEvidence['rollback'];
  readonly #listed: ReadonlyMap<number, TableCommit['state']>;

  /** @param commits Those whose snapshots the table still lists; what a rollback cut off that was accepted earlier is among them. */
  constructor(evidence: TableEvidence | null, commits: readonly TableCommit[]) {
    const listed = new Map<number, TableCommit['state']>();
    for (const { sequence, state } of commits) if (listed.get(sequence) !== 'live') listed.set(sequence, state);
    const having = (wanted: TableCommit['state']) =>
      [...listed].flatMap(([sequence, state]) => (state === wanted ? [sequence] : []));
    this.newest = evidence?.sequence ?? 0;
    this.shown = having('live').reduce((most, sequence) => Math.max(most, sequence), 0);
    this.#goneFrom = having('rolled-back')
      .filter((sequence) => sequence > this.shown)
      .reduce((least, sequence) => Math.min(least, sequence), Number.POSITIVE_INFINITY);
    this.#rollback = evidence?.rollback;
    this.#listed = listed;
  }

  /** Why somebody has to decide; undefined: nobody has to. */
  get rollback(): TableEvidence['rollback'] {
    return this.#rollback;
  }

  /** @param sequence Of a file that counts as loaded; null: the ledger does not know in which commit it was. */
  fateOf(sequence: number | null): CommitFate {
    if (this.#rollback === undefined || this.#rollback === 'came-back') return 'there';
    if (sequence === null) return 'untold';
    if (sequence <= this.shown || sequence > this.newest) return 'there';
    return sequence >= this.#goneFrom ? 'gone' : 'untold';
  }

  /** Whether a commit is back that counted as gone. */
  returnOf(sequence: number | null): 'back' | 'gone' | 'untold' {
    if (this.#rollback !== 'came-back') return 'gone';
    const state = sequence === null ? undefined : this.#listed.get(sequence);
    if (state === undefined) return 'untold';
    return state === 'live' ? 'back' : 'gone';
  }
}
