import { Kernels } from '../columns/kernels.ts';

/** All arguments are numbers: offsets in the arena, counts, or codes. What each function does is told in the folder `assembly` of this package. */
export interface ProjectionKernels {
  int32Cells(source: number, starts: number, ends: number, states: number, wanted: number, rows: number, values: number): number;
}

/** The compiled kernels that read texts. */
export const projectionKernels = new Kernels<ProjectionKernels>(() => import('../kernels.wasm.ts'));
