/**
 * What came next: a record that was read, one that breaks a rule, a line without a record, nothing that is complete in the bytes at hand, the
 * end of the content, or something after which nobody can tell where the next record begins.
 */
export type Outcome = 'record' | 'rejected' | 'blank' | 'more' | 'end' | 'malformed';

/** Finds one record after the other. All places are in the bytes of the chunk at hand. */
export interface Framer {
  /** The record, as it is set aside when it has to be: without a line end. */
  readonly start: number;
  readonly end: number;
  /** Where its value begins. */
  readonly valueStart: number;
  /** Physical line on which the record begins, 1-based. */
  readonly line: number;
  /** Where to go on. */
  readonly next: number;
  /** The first byte behind the record's value, or behind the document, that is no white space and is ignored; -1 for none. */
  readonly ignoredAt: number;
  /** Reads what comes next from `from` on, a record into row `row`. */
  read(from: number, row: number): Outcome;
  /** The chunk at hand will be followed by one that begins at `consumed` of it. */
  shift(consumed: number): void;
  /** The line of a place behind the last record. */
  lineAt(at: number): number;
}
