/** How far scanning may go. */
export interface ScanLimits {
  /** A row goes no further than this in the columns. */
  rows: number;
  /** Bytes that the rows in the columns may take, with the cells that were rewritten for them; the first row may take more. */
  bytes: number;
  /** Where rewritten cells of the first row in the columns begin. */
  firstTail: number;
}

/**
 * Why scanning ended: `rows`, `bytes`: a limit of the batch; `room`: the columns are full; `record`: what begins at the scanner's position is for
 * the tokenizer to say.
 */
export type ScanEnd = 'rows' | 'bytes' | 'room' | 'record';
