// Reasons for which core itself leaves out a file that its source offers, as they stand in plans and results.

/** Its rows are in the table. */
export const ALREADY_LOADED = 'already loaded';

/** It was set aside, and stays so until it, or the limit that stopped it, changes. */
export const QUARANTINED_BEFORE = 'quarantined before and unchanged since';

/** Somebody said so when the ledger was begun anew; nothing of it was read. */
export const COUNTED_BEFORE = 'counted as loaded, as somebody chose';
