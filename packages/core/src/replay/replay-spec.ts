import type { IngestionSpec } from '../spec/ingestion-spec.ts';

/**
 * The spec under which rejected rows go again. They are what did not fit: nothing waits because too many of them still do not, and no run is stopped
 * by their number; they are rejected again. Pure.
 */
export function replaySpec(spec: IngestionSpec): IngestionSpec {
  return {
    ...spec,
    schema: { ...spec.schema, onTypeChange: 'reject-row', onRefuted: 'reject-row' },
    limits: { ...spec.limits, maxRejectedRows: Number.MAX_SAFE_INTEGER, maxRejectedRatio: 1 },
  };
}
