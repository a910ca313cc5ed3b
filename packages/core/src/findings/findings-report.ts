import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';

/**
 * What of an ingestion is not in its table, or will not be, and why: for somebody who forwards it, and for programs. Plain JSON. Quotes values and names
 * of files: that is its purpose.
 */
export interface FindingsReport {
  reportVersion: 1;
  ingestion: string;
  /** ISO 8601 in UTC. */
  at: string;
  /** Where the ledger is kept. */
  state: string;
  /** `namespace.name`. */
  table: string;
  /** null: rejected rows are not kept. */
  rejectedTable: string | null;
  landed: Landed;
  /** Files that the next run would load. */
  ready: number;
  /** Gravest first. */
  findings: Finding[];
}

/** What is in the table, as the ledger counts it. */
export interface Landed {
  /** Versions of files whose rows were loaded, and not replaced as a whole. */
  files: number;
  /** Those that were loaded, less those that they replaced; at least those of the newest commit with rows. */
  rows: number;
  /** Rows that were ever loaded. */
  loadedRows: number;
  commits: number;
  /** Rejected rows that went again and were accepted are among `rows`. Of the others: how many wait. */
  rejectedRows: number;
}

/**
 * What a finding is about. `failed`, `held`, `quarantined`: files. `rejected`: rows that wait in the table of rejected rows. `plan`: what the next run
 * will do.
 */
export type FindingKind = 'failed' | 'held' | 'quarantined' | 'rejected' | 'plan';

/** One cause, with everything that has it. */
export interface Finding extends Omit<Diagnostic, 'fixes'> {
  /** Short; the same as long as cause and place are. */
  id: string;
  about: FindingKind;
  column: string | null;
  /** Files that have it. */
  files: number;
  /** Rejected rows that have it; null: it is not about single rows. */
  rows: number | null;
  /** A replay leaves its rows where they are, whatever the spec says: their files have to come again. Absent: they can go again. */
  staysOut?: true;
  /** The first few places. */
  examples: FindingExample[];
  fixes: OfferedFix[];
}

/** One place where a cause shows. */
export interface FindingExample {
  /** URI; null: no single file. */
  file: string | null;
  line: number | null;
  /** The value that does not fit; null: it is not about a value, or it is not known. */
  value: string | null;
  /** The rejected record as it stood in the file, at most 200 characters; null: it is not about a record. */
  record: string | null;
  /** What is said of this place. */
  message: string | null;
}

/** A patch of the spec that removes a finding. */
export interface OfferedFix {
  /** Counted through the whole report, from 1. */
  number: number;
  /** Names it as long as its finding is there, whatever else is found. */
  id: string;
  title: string;
  /** For `applySpecPatch`. */
  specPatch: Json[];
}
