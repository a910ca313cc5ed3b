import { offsetInArena } from '@calve/core/plugin';
import type { CellColumns } from './cell-columns.ts';
import type { ScanLimits } from './scan-limits.ts';
import type { StructureIndex } from './structure-index.ts';

/** Where the buffers of a call stand in the arena, and what is asked for. */
export interface ScanCall {
  source: number;
  sourceBytes: number;
  places: number;
  others: number;
  bounds: number;
  kinds: number;
  lines: number;
  width: number;
  capacity: number;
  mostRows: number;
  mostBytes: number;
  lastStop: number;
  /** Where the first row in the columns begins; means nothing when there is none. */
  firstStart: number;
}

/** What a scan is part of. */
interface ScannedBlock {
  /** The first record that is not in the columns begins here. */
  position: number;
  /** Entry of the index with the last line end of the block. */
  lastStop: number;
}

/** `null`: a buffer is not in the arena. */
export function scanCall(
  source: Uint8Array,
  index: StructureIndex,
  columns: CellColumns,
  limits: ScanLimits,
  { position, lastStop }: ScannedBlock,
): ScanCall | null {
  const { width, capacity, rows } = columns;
  const call: ScanCall = {
    source: offsetInArena(source),
    sourceBytes: source.length,
    places: offsetInArena(index.places),
    others: offsetInArena(index.others),
    bounds: offsetInArena(columns.bounds),
    kinds: offsetInArena(columns.kinds),
    lines: offsetInArena(columns.lines),
    width,
    capacity,
    mostRows: Math.min(limits.rows, capacity),
    mostBytes: limits.bytes + limits.firstTail,
    lastStop,
    firstStart: rows > 0 ? columns.firstStart : position,
  };
  return call.source < 0 || call.places < 0 || call.bounds < 0 ? null : call;
}
