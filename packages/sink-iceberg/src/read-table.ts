import type { ColumnBatch, Field, ReadRequest } from '@calve/core/plugin';
import { CalveError, throwIfAborted } from '@calve/core/plugin';
import { readDataFile } from './datafile/read-data-file.ts';
import { readWholeFile } from './files/local-files.ts';
import { openDataFile } from './files/open-data-file.ts';
import type { ReadPace } from './files/read-pace.ts';
import { decodeManifest } from './manifest/decode-manifest.ts';
import { identityFields } from './manifest/identity-values.ts';
import type { ManifestEntry } from './manifest/manifest-entry.ts';
import { decodeManifestList } from './manifest/manifest-list.ts';
import { headOf, schemaOf, snapshotOf, specOf } from './metadata/select.ts';
import type { TableMetadata } from './metadata/table-metadata.ts';
import { initialDefaults } from './spec/initial-defaults.ts';
import { NAME_MAPPING_PROPERTY, parseNameMapping } from './spec/name-mapping.ts';
import { columnsOf } from './spec/schema-columns.ts';

/**
 * The rows of one snapshot of a table, data file by data file in the order in which they were committed.
 *
 * @param request Columns by the first part of their path, default all; a limit of rows; a snapshot, default the current one, which is
 *   read with the present schema; earlier ones with the schema that they were written with.
 * @param pace Of all files of the lake.
 * @throws {CalveError} `ICEBERG_DELETE_FILES_UNSUPPORTED`: rows were deleted by delete files, which this version cannot apply;
 *   `ICEBERG_FILE_FORMAT_UNSUPPORTED`: ORC or Avro data files; `ICEBERG_SNAPSHOT_NOT_FOUND`.
 */
export async function* readTable(metadata: TableMetadata, request: ReadRequest, pace: ReadPace): AsyncGenerator<ColumnBatch> {
  const { signal, limit = Number.POSITIVE_INFINITY } = request;
  const head = headOf(metadata);
  const id = request.snapshot === undefined ? head : BigInt(request.snapshot);
  if (id === null || limit <= 0) return;
  const snapshot = snapshotOf(metadata, id);
  const schemaId = id === head ? undefined : snapshot['schema-id'];
  const schema = schemaOf(metadata, schemaId);
  const all = columnsOf(schema);
  const fields = selectFields(all, request.columns);
  const names = parseNameMapping(metadata.properties?.[NAME_MAPPING_PROPERTY]);
  const defaults = initialDefaults(schema);
  let left = limit;
  for (const file of await liveFiles(metadata, snapshot['manifest-list'], all, signal)) {
    throwIfAborted(signal);
    for await (const batch of readDataFile(await openDataFile(file.path, pace), fields, {
      signal,
      projection: { constants: file.identity, names, defaults },
      ...(Number.isFinite(left) ? { limit: left } : {}),
    })) {
      left -= batch.rows;
      yield batch;
    }
    if (left <= 0) return;
  }
}

/** Live data files of a snapshot: in the order of their sequence numbers, then of their paths. */
async function liveFiles(
  metadata: TableMetadata,
  manifestList: string,
  fields: readonly Field[],
  signal: AbortSignal,
): Promise<ManifestEntry[]> {
  const files: ManifestEntry[] = [];
  for (const manifest of decodeManifestList(await readWholeFile(manifestList))) {
    throwIfAborted(signal);
    const identity = identityFields(specOf(metadata, manifest.specId), fields);
    for (const entry of decodeManifest(await readWholeFile(manifest.path), manifest, identity)) {
      if (entry.status === 'deleted') continue;
      if (entry.content !== 'data')
        throw unsupported('ICEBERG_DELETE_FILES_UNSUPPORTED', entry, 'Rows of the table were deleted with delete files');
      if (entry.format !== 'PARQUET')
        throw unsupported('ICEBERG_FILE_FORMAT_UNSUPPORTED', entry, `The table has data files in the format ${entry.format}`);
      files.push(entry);
    }
  }
  return files.sort((a, b) => compare(a.sequenceNumber, b.sequenceNumber) || compare(a.path, b.path));
}

function selectFields(fields: Field[], columns: ReadRequest['columns']): Field[] {
  if (columns === undefined) return fields;
  return columns.map(([name]) => {
    const field = fields.find((one) => one.name === name);
    if (field) return field;
    throw new CalveError(
      'OPTIONS_INVALID',
      `The table has no column "${name}"; its columns are ${fields.map((one) => one.name).join(', ')}.`,
      {
        recovery: 'fix-input',
      },
    );
  });
}

function unsupported(code: string, entry: ManifestEntry, what: string): CalveError {
  return new CalveError(code, `${what}, which this version cannot read; read the table with PyIceberg, DuckDB or Spark.`, {
    recovery: 'fix-input',
    context: { path: entry.path },
  });
}

function compare<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
