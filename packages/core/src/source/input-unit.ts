import type { Json } from '../json/json.ts';

/** A stored version of a file. */
export interface ObjectUnit {
  kind: 'object';
  /** Ledger identity of this version, known before the content is read. */
  key: string;
  /** Stays when the content changes: same place, other key = a changed file. */
  place: string;
  /** Hints at equal content without reading all of it: equal content has an equal fingerprint, the reverse is likely but not sure. */
  fingerprint: string;
  /**
   * How people and other engines name it: `file:///…`, `s3://…`. It is stored, shown and written into tables, so core takes user, password and
   * signature out of it when it is listed: a source opens what it lists by `place`, or with credentials of its own.
   */
  uri: string;
  /** Of this version, unique within `uri`: a version id, or what stands in for one. */
  version: string;
  sizeBytes: number;
  /** ISO 8601 in UTC. */
  modifiedAt: string;
  /** Absent: the file itself. Otherwise the rows of it that one commit rejected go again, and nothing else of it. */
  replay?: ReplayedRows;
}

/**
 * Which rejected rows go again. But for its key and size, their unit is that of the file: the rows are known to come from it, and whatever becomes of
 * the file later becomes of them.
 */
export interface ReplayedRows {
  /** The file, as the ledger knows it. */
  of: ObjectUnit;
  /** The commit that rejected them; the table of rejected rows names it too. */
  sequence: number;
  rows: number;
  /** Of the file. */
  sha256?: string;
}

/** A closed interval of records, upper end fixed before reading. */
export interface IntervalUnit {
  kind: 'interval';
  key: string;
  stream: string;
  after: Json;
  upTo: Json;
}

/** Ingested whole or not at all. */
export type InputUnit = ObjectUnit | IntervalUnit;
