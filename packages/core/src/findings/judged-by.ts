import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json } from '../json/json.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';

/** What of a spec decides whether a file has too many bad rows: what its record keeps as `observation`. */
export function judgedBy({ limits, input, outputs }: Pick<IngestionSpec, 'limits' | 'input' | 'outputs'>): Json {
  const { maxRejectedRows, maxRejectedRatio } = limits;
  const keeps = outputs.some(({ rows }) => rows === 'rejected') ? {} : { keepsRejected: false };
  const judged = { maxRejectedRows, maxRejectedRatio, format: input.format, columns: outputs[0]?.columns, ...keeps };
  return { judged } as unknown as Json;
}

/** True while a file that waits because of its bad rows would have to wait under this spec too, as far as is known without reading it. */
export function isStillJudged({ observation }: UnitRecord, spec: IngestionSpec): boolean {
  return observation === undefined || canonicalJson(observation) === canonicalJson(judgedBy(spec));
}
