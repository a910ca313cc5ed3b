/** What a manifest list says of one manifest. */
export interface ManifestFile {
  path: string;
  /** Exact size of the file. */
  length: bigint;
  specId: number;
  content: 'data' | 'deletes';
  sequenceNumber: bigint;
  /** Smallest data sequence number of its live entries. */
  minSequenceNumber: bigint;
  addedSnapshotId: bigint;
  addedFiles: number;
  existingFiles: number;
  deletedFiles: number;
  addedRows: bigint;
  existingRows: bigint;
  deletedRows: bigint;
  /** One per field of the spec; `null` when the writer left it out. */
  partitions: FieldSummary[] | null;
  keyMetadata: Uint8Array | null;
}

/** Values of one partition field over all files of a manifest. */
export interface FieldSummary {
  containsNull: boolean;
  containsNan: boolean | null;
  /** Single-value encoding; `null` when there is no value that could be compared. */
  lowerBound: Uint8Array | null;
  upperBound: Uint8Array | null;
}
