import type { IngestionSpec, OutputSpec } from './ingestion-spec.ts';

/** The output for the accepted rows: always the first one, as `checkOutputs` demands. */
export function mainOutput({ outputs }: Pick<IngestionSpec, 'outputs'>): OutputSpec {
  return outputs[0] as OutputSpec;
}

/** The output for rejected rows; `undefined`: they are not kept. */
export function rejectedOutput({ outputs }: Pick<IngestionSpec, 'outputs'>): OutputSpec | undefined {
  return outputs.find(({ rows }) => rows === 'rejected');
}
