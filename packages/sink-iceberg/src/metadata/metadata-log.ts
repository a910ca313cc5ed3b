import type { TableMetadata } from './table-metadata.ts';

/** Table property: how many earlier metadata files are listed. Iceberg's default is 100. */
const LIMIT_PROPERTY = 'write.metadata.previous-versions-max';
const DEFAULT_LIMIT = 100;

/** Adds the file that a table's metadata came from to the log of its next metadata, and cuts the log at the table's limit. Pure. */
export function withPreviousFile(
  next: TableMetadata,
  previous: { metadataLocation: string; metadata: TableMetadata },
): TableMetadata {
  const configured = Number.parseInt(next.properties?.[LIMIT_PROPERTY] ?? '', 10);
  const limit = configured >= 1 ? configured : DEFAULT_LIMIT;
  const entry = { 'metadata-file': previous.metadataLocation, 'timestamp-ms': previous.metadata['last-updated-ms'] };
  return { ...next, 'metadata-log': [...(next['metadata-log'] ?? []), entry].slice(-limit) };
}
