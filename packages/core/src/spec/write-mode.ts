import type { OutputSpec, WriteMode } from './ingestion-spec.ts';

/** How rows of an output are written: as the spec says, or added. */
export function writeModeOf({ mode }: Pick<OutputSpec, 'mode'>): WriteMode {
  return mode ?? { kind: 'append' };
}
