/** Where scanning stands. */
export interface ScanPlace {
  /** Where the next record begins. */
  position: number;
  /** On which line. */
  line: number;
  /** Length of the longest record so far, with its line end. */
  longestRecordBytes: number;
}
