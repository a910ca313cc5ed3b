import type { Environment } from '../../env/environment.ts';

/** Bytes of content of a segment, about, unless the host wants others. */
const SEGMENT_BYTES = 16 * 2 ** 20;

/** How batches are cut into segments, and how many threads work on them. */
export interface SegmentSettings {
  /** Threads beside this one; 0: this one does the work. */
  workers: number;
  /** Bytes of content of a segment, about. */
  segmentBytes: number;
}

/** What the host asked for, or what suits the machine: one core is better used by one thread. */
export function segmentSettings(asked: Partial<SegmentSettings>, environment: Environment): SegmentSettings {
  const cores = environment.startThread ? (environment.parallelism?.() ?? 0) : 0;
  return { workers: asked.workers ?? (cores > 1 ? cores : 0), segmentBytes: asked.segmentBytes ?? SEGMENT_BYTES };
}
