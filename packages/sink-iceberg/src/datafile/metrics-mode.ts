import type { Field } from '@calve/core/plugin';
import { BOUND_LENGTH } from '../spec/bounds.ts';

/** Columns with counts and bounds where a table does not say how many: Iceberg's `write.metadata.metrics.max-inferred-column-defaults`. */
export const MEASURED_COLUMNS = 100;

/** What the manifests say of a column: nothing; counts; counts and bounds of that many code points or bytes; whole bounds. */
export type MetricsMode = 'none' | 'counts' | number | 'full';

const PREFIX = 'write.metadata.metrics.';

/**
 * How columns are measured where a table asks for other than the usual, which is bounds of 16 for the first 100 columns.
 *
 * @param fields All columns of the table, with ids.
 * @returns By field id as text.
 * @see https://iceberg.apache.org/docs/1.10.0/configuration/#write-properties
 */
export function metricsModes(
  properties: Readonly<Record<string, string>>,
  fields: readonly Field[],
): Record<string, MetricsMode> {
  const modes: Record<string, MetricsMode> = {};
  const usual = modeOf(properties[`${PREFIX}default`]);
  const limit = Number(properties[`${PREFIX}max-inferred-column-defaults`] ?? Number.NaN);
  const visit = (field: Field, path: string, inferred: MetricsMode | null): void => {
    const own = modeOf(properties[`${PREFIX}column.${path}`]);
    const mode = own ?? usual ?? inferred;
    if (mode !== null && field.id !== undefined) modes[field.id] = mode;
    if (field.type.kind === 'struct') for (const member of field.type.fields) visit(member, `${path}.${member.name}`, inferred);
  };
  for (const [index, field] of fields.entries()) visit(field, field.name, inferredMode(index, limit));
  return modes;
}

/** `null`: as usual. @param limit How many columns are measured; `NaN`: as many as usual. */
function inferredMode(index: number, limit: number): MetricsMode | null {
  if (index >= limit) return 'none';
  return index >= MEASURED_COLUMNS && index < limit ? BOUND_LENGTH : null;
}

/** `null`: nothing that is a mode is said. */
function modeOf(text: string | undefined): MetricsMode | null {
  if (text === 'none' || text === 'counts' || text === 'full') return text;
  const digits = /^truncate\((\d{1,4})\)$/.exec(text ?? '')?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}
