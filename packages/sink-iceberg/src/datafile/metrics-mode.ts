import type { Field } from '@calve/core/plugin';

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
  const visit = (field: Field, path: string, isBeyond: boolean): void => {
    const own = modeOf(properties[`${PREFIX}column.${path}`]);
    const mode = own ?? usual ?? (isBeyond ? 'none' : null);
    if (mode !== null && field.id !== undefined) modes[field.id] = mode;
    if (field.type.kind === 'struct') for (const member of field.type.fields) visit(member, `${path}.${member.name}`, isBeyond);
  };
  for (const [index, field] of fields.entries()) visit(field, field.name, index >= limit);
  return modes;
}

/** `null`: nothing that is a mode is said. */
function modeOf(text: string | undefined): MetricsMode | null {
  if (text === 'none' || text === 'counts' || text === 'full') return text;
  const digits = /^truncate\((\d{1,4})\)$/.exec(text ?? '')?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}
