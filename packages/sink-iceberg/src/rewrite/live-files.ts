import type { Field } from '@calve/core/plugin';
import { canonicalJson } from '@calve/core/plugin';
import { decodeAvroFile } from '../manifest/avro-container.ts';
import type { Datum } from '../manifest/avro-schema.ts';
import { member, recordOf, requiredMember } from '../manifest/datum-member.ts';
import type { IdentityValues } from '../manifest/identity-values.ts';
import { identityFields, identityValues } from '../manifest/identity-values.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { DATA_FILE, ENTRY } from '../manifest/manifest-schema.ts';
import { partitionValueOfDatum } from '../manifest/partition-datum.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import { partitionFieldType } from '../spec/partition-type.ts';
import type { DeleteFiles } from './refused-table.ts';

/** A live data file, as far as a rewrite needs to know it. */
export interface LiveFile {
  path: string;
  /** Path of the manifest that lists it. */
  manifest: string;
  /** In upper case: `PARQUET`. */
  format: string;
  specId: number;
  /** Its partition tuple as text, where it was asked for; empty otherwise. */
  partition: string;
  /** Values of identity partition fields, where they were asked for. */
  identity: IdentityValues;
  rows: number;
  sizeBytes: number;
  /** By field id, of the columns that were asked for. */
  lower: ReadonlyMap<number, Uint8Array>;
  upper: ReadonlyMap<number, Uint8Array>;
}

/** What is asked of each file. */
export interface LiveFileQuestion {
  /** Field ids whose bounds are wanted. */
  bounds: ReadonlySet<number>;
  /** Partition tuples of the files of this spec are wanted. */
  partitions?: { spec: PartitionSpec; schema: IcebergSchema };
  /** Values of the identity fields of each file's own spec are wanted. `fields`: columns of the table, with ids. */
  identity?: { specs: readonly PartitionSpec[]; fields: readonly Field[] };
}

/** What a file holds. https://iceberg.apache.org/spec/#data-file-fields */
const [DATA, EQUALITY_DELETES] = [0, 2];

/** The tuple of a staged file, or of a live one, as text that can be compared. */
export function partitionText(tuple: readonly unknown[]): string {
  return canonicalJson(tuple);
}

/**
 * The live entries of one manifest.
 *
 * @returns Data files, and how many delete files there are of each kind.
 */
export function liveFiles(
  bytes: Uint8Array,
  manifest: ManifestFile,
  question: LiveFileQuestion,
): { files: LiveFile[]; deletes: DeleteFiles } {
  const { partitions, bounds } = question;
  const types =
    partitions?.spec['spec-id'] === manifest.specId
      ? partitions.spec.fields.map((field) => ({ id: field['field-id'], type: partitionFieldType(field, partitions.schema) }))
      : null;
  const { specs, fields } = question.identity ?? { specs: [], fields: [] };
  const identity = identityFields(
    specs.find((spec) => spec['spec-id'] === manifest.specId),
    fields,
  );
  const files: LiveFile[] = [];
  const deletes: DeleteFiles = { position: 0, equality: 0 };
  for (const datum of decodeAvroFile(bytes).records) {
    const entry = recordOf(datum);
    if (requiredMember(entry, ENTRY.status, 'int') === 2) continue;
    const file = recordOf(entry[ENTRY.dataFile]);
    const content = member(file, DATA_FILE.content, 'int') ?? DATA;
    if (content !== DATA) {
      deletes[content === EQUALITY_DELETES ? 'equality' : 'position'] += 1;
      continue;
    }
    const tuple = types && recordOf(file[DATA_FILE.partition]);
    files.push({
      path: requiredMember(file, DATA_FILE.filePath, 'string'),
      manifest: manifest.path,
      format: requiredMember(file, DATA_FILE.fileFormat, 'string').toUpperCase(),
      specId: manifest.specId,
      partition: tuple ? partitionText(types.map(({ id, type }) => partitionValueOfDatum(tuple[id] ?? null, type))) : '',
      identity: identity.length === 0 ? new Map() : identityValues(recordOf(file[DATA_FILE.partition]), identity),
      rows: Number(requiredMember(file, DATA_FILE.recordCount, 'long')),
      sizeBytes: Number(requiredMember(file, DATA_FILE.fileSizeInBytes, 'long')),
      lower: boundsOf(file[DATA_FILE.lowerBounds], 126, 127, bounds),
      upper: boundsOf(file[DATA_FILE.upperBounds], 129, 130, bounds),
    });
  }
  return { files, deletes };
}

function boundsOf(
  datum: Datum | undefined,
  keyId: number,
  valueId: number,
  wanted: ReadonlySet<number>,
): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  if (!Array.isArray(datum) || wanted.size === 0) return found;
  for (const item of datum as Datum[]) {
    const pair = recordOf(item);
    const id = requiredMember(pair, keyId, 'int');
    if (wanted.has(id)) found.set(id, requiredMember(pair, valueId, 'bytes'));
  }
  return found;
}
