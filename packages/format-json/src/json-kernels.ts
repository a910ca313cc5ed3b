import { Kernels } from '@calve/core/plugin';

/** All arguments are offsets in the arena, counts or codes. What the functions do is told in the folder `assembly` of this package. */
export interface JsonKernels {
  locateLines(control: number): number;
  countScalars(source: number, starts: number, states: number, rows: number): number;
  countState(states: number, rows: number, state: number): number;
  bitsWithout(states: number, rows: number, state: number, bitmap: number): void;
}

/** The compiled reader of records on lines, and what counts what it read. */
export const jsonKernels = new Kernels<JsonKernels>(() => import('./kernels.wasm.ts'));
