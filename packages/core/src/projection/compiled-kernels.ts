import { Kernels } from '../columns/kernels.ts';

/** Offset in the arena, or a count, or a code. */
type Word = number;

/**
 * The kernels of core as WebAssembly; what each does is told in the folder `assembly` of this package.
 *
 * Those that end in `Cells` and take `first` read the cells from that row on, and answer -1, or the row of the first cell that they leave to
 * their twin; they have done nothing for that row and for those behind it.
 */
export interface ProjectionKernels {
  cellStates(
    ...words: [
      source: Word,
      sourceLength: Word,
      starts: Word,
      ends: Word,
      validity: Word,
      rows: Word,
      tokens: Word,
      tokenCount: Word,
      longest: Word,
      states: Word,
    ]
  ): number;
  cellValidity(states: Word, rows: Word, validity: Word): void;
  textBytes(starts: Word, ends: Word, states: Word, rows: Word): number;
  textCells(
    ...words: [source: Word, scratch: Word, starts: Word, ends: Word, states: Word, rows: Word, offsets: Word, bytes: Word]
  ): void;
  int32Cells(...words: CellWords): number;
  int64Cells(...words: CellWords): number;
  float64Cells(...words: CellWords): number;
  dateCells(...words: CellWords): number;
  decimalCells(...words: [...CellWords, precision: Word, scale: Word]): number;
  timestampCells(...words: [...CellWords, takesZone: Word, takesNoZone: Word]): number;
  countClasses(
    ...words: [
      source: Word,
      starts: Word,
      ends: Word,
      states: Word,
      rows: Word,
      plain: Word,
      quoted: Word,
      countsTexts: Word,
      histogram: Word,
      met: Word,
      hard: Word,
    ]
  ): number;
  booleanCells(...words: [...CellWords, tokens: Word, tokenCount: Word]): number;
  countByte(from: Word, until: Word, byte: number): number;
}

/** What every kernel that makes values of one width takes first. */
type CellWords = [source: Word, scratch: Word, starts: Word, ends: Word, states: Word, first: Word, rows: Word, values: Word];

/** The compiled kernels of core, which read texts and look for the ends of records. */
export const projectionKernels = new Kernels<ProjectionKernels>(() => import('../kernels.wasm.ts'));
