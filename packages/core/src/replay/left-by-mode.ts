import type { WriteMode } from '../spec/ingestion-spec.ts';
import type { Arrivals } from './arrivals.ts';
import { leftAsNotAppending, leftAsOvertaken } from './left-rows.ts';
import type { OpenRejection } from './open-rejections.ts';
import type { LeftRows } from './replay-preview.ts';

/** Why rejected rows cannot go again, however the spec reads them, because of how the table is written; null: they can. Pure. */
export function leftByMode(rejection: OpenRejection, mode: WriteMode, arrivals: Arrivals): LeftRows | null {
  switch (mode.kind) {
    case 'append':
      return null;
    case 'merge':
      return mode.newest.length === 0 && arrivals.isOvertaken(rejection) ? leftAsOvertaken(rejection) : null;
    case 'overwrite-table':
    case 'overwrite-partitions':
      return leftAsNotAppending(rejection);
  }
}
