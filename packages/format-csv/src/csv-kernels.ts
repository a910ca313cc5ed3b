import { Kernels } from '@calve/core/plugin';

/**
 * What the folder `assembly` compiles to. Numbers are offsets in the arena, or counts of bytes, rows and columns; each function says more where it
 * stands.
 */
export interface CsvKernels {
  cellStates(kinds: number, rows: number, validity: number): number;
  findMalformed(source: number, from: number, to: number): number;
  findStructure(
    source: number,
    from: number,
    to: number,
    first: number,
    second: number,
    third: number,
    places: number,
    others: number,
    counts: number,
  ): void;
  scanRecords(control: number): number;
}

/** Opened before the first file is decoded; whoever only looks into files does without, unless they are open already. */
export const csvKernels: Kernels<CsvKernels> = new Kernels<CsvKernels>(() => import('./kernels.wasm.ts'));
