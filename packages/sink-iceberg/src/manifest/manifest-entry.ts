import type { IdentityValues } from './identity-values.ts';

/** One entry of a manifest, as far as a reader needs it. Sequence numbers are inherited already. */
export interface ManifestEntry {
  status: 'existing' | 'added' | 'deleted';
  snapshotId: bigint;
  /** Of the data: readers order files by it, deletes apply to smaller ones. */
  sequenceNumber: bigint;
  content: 'data' | 'position-deletes' | 'equality-deletes';
  path: string;
  /** In upper case: `PARQUET`. */
  format: string;
  rows: bigint;
  sizeBytes: bigint;
  /** Values of identity partition fields, of those that were asked for. */
  identity: IdentityValues;
}
