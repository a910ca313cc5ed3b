// The compiled kernels of core. Each has a twin in plain JavaScript, which is normative: a kernel takes the cells that it can prove and stops at
// any other, which the twin then decides.
export { booleanCells } from './booleans.ts';
export { cellStates, cellValidity } from './cell-states.ts';
export { countClasses } from './classes.ts';
export { countByte } from './count-byte.ts';
export { decimalCells } from './decimals.ts';
export { float64Cells } from './float64.ts';
export { int32Cells, int64Cells } from './integers.ts';
export { dateCells, timestampCells } from './moments.ts';
export { textBytes, textCells } from './strings.ts';
