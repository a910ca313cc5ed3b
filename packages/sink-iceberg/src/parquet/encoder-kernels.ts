import { Kernels } from '@calve/core/plugin';

/**
 * The compiled kernels of the folder `assembly`, which describes them. Numbers are offsets in the arena, counts and row numbers; `rows` 0 means
 * all rows. Each is called by its twin in plain JavaScript, where everything that it reads and writes is in the arena.
 */
export interface EncoderKernels {
  bigEndian(values: number, stored: number, rows: number, start: number, end: number, target: number): void;
  countOnes(bytes: number, count: number): number;
  denseIndexes(indexes: number, valid: number, rows: number, target: number): number;
  denseValues(values: number, width: number, valid: number, rows: number, target: number): number;
  expandBits(bits: number, first: number, count: number, target: number): number;
  extremeFloat32(values: number, rows: number, count: number): number;
  extremeFloat64(values: number, rows: number, count: number): number;
  extremeInt32(values: number, rows: number, count: number): number;
  extremeInt64(values: number, rows: number, count: number): number;
  extremeTexts(bytes: number, offsets: number, rows: number, count: number): number;
  gathered(values: number, width: number, rows: number, start: number, end: number, target: number): void;
  highestRow(): number;
  isConstant(indexes: number, start: number, end: number): number;
  lowWords(values: number, rows: number, start: number, end: number, target: number): void;
  notNumberCount(): number;
  numberPairs(
    values: number,
    count: number,
    indexes: number,
    entryRows: number,
    keys: number,
    slots: number,
    slotCount: number,
  ): number;
  numberTexts(
    bytes: number,
    offsets: number,
    width: number,
    count: number,
    indexes: number,
    entryRows: number,
    keys: number,
    slots: number,
    slotCount: number,
  ): number;
  numberWords(
    values: number,
    count: number,
    indexes: number,
    entryRows: number,
    keys: number,
    slots: number,
    slotCount: number,
  ): number;
  packBytes(source: number, count: number, target: number): void;
  packIndexes(indexes: number, start: number, end: number, width: number, target: number): void;
  plainTexts(bytes: number, offsets: number, rows: number, start: number, end: number, target: number): number;
  shiftedOffsets(source: number, valid: number, rows: number, shift: number, target: number): number;
  snappyFragment(start: number, end: number, target: number, slots: number, slotCount: number): number;
  splitTexts(source: number, end: number, count: number, offsets: number, target: number): number;
}

/** Opened by whoever creates a writer; until then, and without WebAssembly, the twins do the work. */
export const encoderKernels = new Kernels<EncoderKernels>(() => import('../kernels.wasm.ts'));
