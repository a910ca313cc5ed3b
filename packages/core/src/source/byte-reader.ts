/** Random access to the bytes of exactly one version of an object. */
export interface ByteReader {
  /** Size of the content; -1 when it is known only at the end (a decompressed stream). */
  readonly sizeBytes: number;
  /**
   * Fills `target` from `offset` on and answers how many bytes it wrote; fewer than asked only at the end of the content. A plain
   * number means that it is already done: no microtask on local files. A reader of unknown size reads forward only. Reads of one reader
   * come one after the other.
   *
   * @throws {CalveError} `OBJECT_CHANGED` (replan), `OBJECT_NOT_FOUND` (replan), `SOURCE_UNAVAILABLE` (retry).
   */
  read(target: Uint8Array, offset: number): number | Promise<number>;
  /**
   * Called once after the last read of a complete pass and before `close`.
   *
   * @throws {CalveError} `OBJECT_CHANGED` (replan) when what was read is not the version that was listed.
   */
  verify(): Promise<void>;
  /** A worker may open this file itself. Absent: core hands over the bytes. */
  readonly localPath?: string;
  /** Called exactly once, also after a failure. */
  close(): Promise<void>;
}
