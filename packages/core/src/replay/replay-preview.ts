import type { IngestionPlan } from '../plan/ingestion-plan.ts';

/** What a replay would do. Plain JSON. */
export interface ReplayPreview {
  ingestion: string;
  table: string;
  /** Files that would be planned again, with what would become of them; null: the filter takes none. */
  files: { unit: string; uri: string; state: 'load' | 'held' | 'quarantined' | 'failed' | 'skipped'; message: string | null }[];
  /** Rejected rows that would go again, per file and commit that rejected them. */
  rows: ReplayedRowsPreview[];
  /** Rejected rows that wait and cannot go again, and why. */
  left: LeftRows[];
}

/** Rejected rows of one file and commit. */
export interface ReplayedRowsPreview {
  uri: string;
  sequence: number;
  rows: number;
  /** Of them: how many would be in the table. The others are rejected again. */
  accepted: number;
}

/** Rejected rows that stay where they are. */
export interface LeftRows {
  uri: string;
  sequence: number;
  rows: number;
  /** `unchanged`: each of them would be rejected again. `overtaken`: a merge without `newest` has loaded rows since, which they would replace. */
  reason: 'unchanged' | 'unreadable' | 'not-in-table' | 'not-appending' | 'expanded' | 'overtaken';
  /** Plain words. */
  message: string;
}

/** A plan for rejected rows, with what it leaves. */
export interface ReplayPlan {
  /** null: nothing can go again. */
  plan: IngestionPlan | null;
  rows: ReplayedRowsPreview[];
  left: LeftRows[];
  /** The rejected rows that it is about, as `placeOf` names them. */
  places: string[];
  /** More than one commit takes: units that the next plan of the same replay looks at. */
  backlog: number;
}
