import { moduleBeside } from '@calve/core/plugin';

// In a file of its own that the session loads: built, it lies in the folder of `index.js`, as it does here. A module that only a chunk of the writers
// used would lie somewhere else than in the sources, and what it looks for beside itself would not be there.

/** Where threads and processes find what writes data files. */
export function tableWriterModule(): string {
  return moduleBeside(import.meta.url, './datafile/table-writer');
}

/** Where they find what encodes parts of data files. */
export function partEncoderModule(): string {
  return moduleBeside(import.meta.url, './datafile/part-encoder');
}

/** Where they find what merges and overwrites. */
export function rewritingWriterModule(): string {
  return moduleBeside(import.meta.url, './rewrite/rewriting-writer');
}
