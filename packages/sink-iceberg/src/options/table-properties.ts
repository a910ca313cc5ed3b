import { z } from '@calve/core/plugin';
import { nameSchema } from './column-reference.ts';

const POSITIVE = 'a whole number above 0';
const isPositive = (value: string): boolean => /^[1-9]\d{0,14}$/.test(value);
const oneOf =
  (...values: string[]) =>
  (value: string): boolean =>
    values.includes(value);

/** Properties of which we know what they may be. The others are handed on as they are. */
const KNOWN: readonly { name: RegExp; accepts: (value: string) => boolean; expected: string }[] = [
  { name: /^format-version$/, accepts: oneOf('2'), expected: '2, the only format version that this sink writes' },
  {
    name: /^write\.format\.default$/,
    accepts: oneOf('parquet'),
    expected: 'parquet, the only file format that this sink writes',
  },
  {
    name: /^write\.parquet\.compression-codec$/,
    accepts: oneOf('zstd', 'gzip', 'snappy', 'uncompressed'),
    expected: 'zstd, gzip, snappy or uncompressed',
  },
  {
    name: /^write\.avro\.compression-codec$/,
    accepts: oneOf('gzip', 'zstd', 'uncompressed'),
    expected: 'gzip, zstd or uncompressed',
  },
  { name: /^write\.distribution-mode$/, accepts: oneOf('none', 'hash', 'range'), expected: 'none, hash or range' },
  {
    name: /^write\.(?:delete|update|merge)\.mode$/,
    accepts: oneOf('copy-on-write', 'merge-on-read'),
    expected: 'copy-on-write or merge-on-read',
  },
  {
    name: /^write\.metadata\.metrics\.(?:default|column\..+)$/,
    accepts: (value) => /^(?:none|counts|full|truncate\([1-9]\d{0,3}\))$/.test(value),
    expected: 'none, counts, full or truncate(16)',
  },
  {
    name: /^write\.metadata\.metrics\.max-inferred-column-defaults$/,
    accepts: (value) => /^\d{1,9}$/.test(value),
    expected: 'a whole number',
  },
  {
    name: /^write\.(?:target-file-size-bytes|parquet\.(?:row-group-size|page-size|dict-size)-bytes)$/,
    accepts: isPositive,
    expected: POSITIVE,
  },
  {
    name: /^(?:write\.metadata\.previous-versions-max|history\.expire\.(?:max-snapshot-age-ms|min-snapshots-to-keep))$/,
    accepts: isPositive,
    expected: POSITIVE,
  },
  {
    name: /^commit\.manifest\.(?:target-size-bytes|min-count-to-merge)$/,
    accepts: isPositive,
    expected: POSITIVE,
  },
  {
    name: /^(?:commit\.manifest-merge\.enabled|write\.metadata\.delete-after-commit\.enabled|write\.object-storage\.enabled|gc\.enabled)$/,
    accepts: oneOf('true', 'false'),
    expected: 'true or false',
  },
];

/**
 * What is wrong with a table property, in plain words; `null`: nothing that we know.
 *
 * @see https://iceberg.apache.org/docs/1.10.0/configuration/
 */
export function propertyIssue(name: string, value: string): string | null {
  if (name.startsWith('ingest.'))
    return `"${name}" cannot be set: properties that begin with "ingest." prove which batches a table holds`;
  const known = KNOWN.find((property) => property.name.test(name));
  if (known === undefined || known.accepts(value)) return null;
  return `"${name}" is ${JSON.stringify(value)}; it has to be ${known.expected}`;
}

/** The properties of a new table. */
export const propertiesSchema = z.record(nameSchema, z.string()).superRefine((properties, context) => {
  for (const [name, value] of Object.entries(properties)) {
    const issue = propertyIssue(name, value);
    if (issue !== null) context.addIssue({ code: 'custom', message: issue, path: [name] });
  }
});
