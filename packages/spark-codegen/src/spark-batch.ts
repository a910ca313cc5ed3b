import type { Batch, InputUnit, LedgerKey, Program } from '@calve/core/plugin';
import { evidenceName, SUMMARY_KEYS, wapId } from '@calve/core/plugin';
import { hadoopFile } from './hadoop-file.ts';
import type { SparkReader } from './reader/spark-reader.ts';
import type { Refusals } from './refusal.ts';

/** The units of one commit, as the printed program reads them: `batch.json` beside it. */
export interface SparkBatch {
  batchVersion: 1;
  programHash: string;
  generation: string;
  sequence: number;
  commitId: string;
  /** ISO 8601 in UTC. */
  plannedAt: string;
  /** Under which the rows are staged: evidence that the sink understands. */
  wapId: string;
  /** The table property that keeps the evidence. */
  evidence: string;
  /** Keys of the snapshot, but for the number of rejected rows. */
  summary: Record<string, string>;
  units: SparkUnit[];
}

/** A file of a batch. */
export interface SparkUnit {
  reader: string;
  /** What Spark opens. */
  path: string;
  /** As `_metadata.file_path` has it. */
  filePath: string;
  uri: string;
  version: string;
  sizeBytes: number;
  /** ISO 8601 in UTC. */
  modifiedAt: string;
}

/** What Spark unpacks because of the name alone. */
const COMPRESSED = /\.(gz|gzip|bz2|deflate|snappy|lz4|zst|zstd)$/i;

/** A batch for the printed program. Files that Spark would skip, misread or not find are added to `refusals`. Pure. */
export function sparkBatch(
  program: Program,
  batch: Batch,
  readers: ReadonlyMap<string, SparkReader>,
  refusals: Refusals,
): SparkBatch {
  const { generation, sequence, commitId, plannedAt } = batch;
  const key: LedgerKey = { tenant: program.tenant, ingestion: program.ingestion };
  for (const { unit, replaces = [] } of batch.units) {
    if (replaces.length > 0)
      refusals.add(
        'SPARK_FILE_UNSUPPORTED',
        `${unit.key} replaces rows that were loaded before, which is not printed yet.`,
        unit.key,
      );
  }
  const units = batch.units.flatMap(({ unit, reader }) => sparkUnit(unit, reader, readers.get(reader)?.suffix ?? null, refusals));
  return {
    batchVersion: 1,
    programHash: program.hash,
    generation,
    sequence,
    commitId,
    plannedAt,
    wapId: wapId({ key, generation, sequence, commitId }),
    evidence: evidenceName(key),
    summary: {
      [SUMMARY_KEYS.tenant]: program.tenant,
      [SUMMARY_KEYS.ingestion]: program.ingestion,
      [SUMMARY_KEYS.generation]: generation,
      [SUMMARY_KEYS.sequence]: String(sequence),
      [SUMMARY_KEYS.commitId]: commitId,
      [SUMMARY_KEYS.programHash]: program.hash,
      [SUMMARY_KEYS.units]: String(units.length),
    },
    units,
  };
}

function sparkUnit(unit: InputUnit, reader: string, suffix: string | null, refusals: Refusals): SparkUnit[] {
  if (unit.kind !== 'object') {
    refusals.add('SPARK_FILE_UNSUPPORTED', `${unit.key} is no file.`, unit.key);
    return [];
  }
  const refuse = (problem: string): void => refusals.add('SPARK_FILE_UNSUPPORTED', `${unit.uri}: ${problem}.`, unit.key);
  if (unit.replay !== undefined) {
    refuse('only the rows of it that were rejected go again, which Spark cannot do: it would read the whole file');
    return [];
  }
  const file = hadoopFile(unit.uri);
  if ('problem' in file) {
    refuse(file.problem);
    return [];
  }
  const packed = COMPRESSED.exec(file.path)?.[0] ?? null;
  if (suffix !== null && packed !== suffix)
    refuse(`it is compressed, which Spark sees by a name that ends with "${suffix}"; rename it`);
  if (suffix === null && packed !== null)
    refuse(`it is not compressed, but Spark would unpack it because of its name; rename it`);
  const { uri, version, sizeBytes, modifiedAt } = unit;
  return [{ reader, ...file, uri, version, sizeBytes, modifiedAt }];
}
