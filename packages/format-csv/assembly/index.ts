// The compiled kernels of the CSV decoder. Each has a twin in plain JavaScript, which is normative.
export { cellStates } from './cell-states.ts';
export { findStructure } from './find-structure.ts';
export { findMalformed } from './malformed-text.ts';
export { scanRecords } from './scan-records.ts';
