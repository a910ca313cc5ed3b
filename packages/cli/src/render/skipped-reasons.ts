/** Reasons of core for leaving a file out that mean more than a line in a list. */

/** Its rows are in the table. */
export const ALREADY_LOADED = 'already loaded';

/** It is set aside, and stays so until it, or the limit that stopped it, changes. */
export const QUARANTINED_BEFORE = 'quarantined before and unchanged since';
