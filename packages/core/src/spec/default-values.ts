import type { InputSpec, LimitsSpec, ProvenanceColumn, SchemaPolicy } from './ingestion-spec.ts';

/** Seconds for which size and time of a file must be stable before it is read. */
export const DEFAULT_SETTLE_SECONDS = 2;

/** A file that changed after it was loaded waits for a decision. */
export const DEFAULT_ON_CHANGED: InputSpec['onChanged'] = 'hold';

/** The same content again under another name is left out, and the earlier file is named. */
export const DEFAULT_ON_SAME_CONTENT: InputSpec['onSameContent'] = 'skip';

/**
 * Every value decides the types; a new column is added to the table in the data's own commit; any other change holds the units
 * concerned; a value that refutes a type makes its row a rejected one.
 */
export const DEFAULT_SCHEMA_POLICY: SchemaPolicy = {
  infer: 'full',
  onNewColumn: 'add',
  onTypeChange: 'hold',
  onRefuted: 'reject-row',
};

/** 10,000 rejected rows or 1 % of the rows read hold a run; a commit takes 10,000 units and 64 GiB of stored bytes at most. */
export const DEFAULT_LIMITS: LimitsSpec = {
  maxRejectedRows: 10_000,
  maxRejectedRatio: 0.01,
  maxUnitsPerBatch: 10_000,
  maxBytesPerBatch: 64 * 2 ** 30,
};

/** The columns that tell where a row came from and from which the ledger can be rebuilt. */
export const DEFAULT_PROVENANCE: ProvenanceColumn[] = ['source-file', 'source-version', 'ingested-at'];

/** Name of the output that `.into()` of the builder makes. */
export const MAIN_OUTPUT = 'main';

/** Name of the output for rejected rows that `.into()` of the builder adds. */
export const REJECTED_OUTPUT = 'rejected';
