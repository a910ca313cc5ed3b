import type { CommitIntent, Environment, IntentOutput, Prepared, ProgramOutput } from '@calve/core/plugin';
import { CalveError, evidenceSummary } from '@calve/core/plugin';
import type { Catalog } from '../catalog/catalog.ts';
import { metadataFolder } from '../catalog/metadata-files.ts';
import type { DataFileDescription } from '../datafile/data-file.ts';
import { readWholeFile, writeFileOnce } from '../files/local-files.ts';
import { decodeManifest } from '../manifest/decode-manifest.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { encodeManifestList } from '../manifest/manifest-list.ts';
import type { ManifestMemory } from '../manifest/manifest-memory.ts';
import { headOf, snapshotOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import { planAppend } from '../operation/append.ts';
import { planExpiry } from '../operation/plan-expiry.ts';
import type { Removal } from '../operation/snapshot-summary.ts';
import { partitionText } from '../rewrite/live-files.ts';
import { parseIdentifier } from '../spec/table-identifier.ts';
import { writeRequest } from './commit-request.ts';
import { outputOf, stagedFiles } from './intent-output.ts';
import { judgeTable } from './judge-table.ts';
import { evidenceUpdates, triesProperty } from './keep-evidence.ts';
import { mergeHead } from './merge-head.ts';
import { rewriteHead } from './rewrite-head.ts';
import type { StagedManifest } from './staged-manifest.ts';
import { manifestCodec, stageManifest } from './staged-manifest.ts';
import { stop } from './stop.ts';
import type { TableChangeOfCommit } from './table-change.ts';
import { creation, evolution } from './table-change.ts';

/** What preparing needs of its session. */
export interface PreparePorts {
  catalog: Catalog;
  environment: Environment;
  /** Where a table that does not exist yet will be. */
  locationOf: (table: string) => string;
  /** Manifests that this session has written, by intent, writer, snapshot, output and partition spec. */
  manifests: Map<string, StagedManifest>;
  /** What the sink knows of manifests and their lists. */
  memory: ManifestMemory;
  /** Data files whose names this session made, and for which no request was prepared yet. */
  created: Set<string>;
  /** Tables whose catalog refused a commit with a property of ours, as far as this session knows. */
  refusing: ReadonlySet<string>;
}

/** The live set is compared with new paths only while its manifests are no larger than this. */
const CHEAP_LIVE_SET_BYTES = 4n * 1024n * 1024n;

/**
 * First half of an attempt: loads the table, looks for our evidence, checks that the plan still fits, and writes manifest and
 * manifest list. The catalog is not changed.
 *
 * @throws {CalveError} when a file or the catalog cannot be read or written now.
 */
export async function prepareCommit(intent: CommitIntent, name: string, ports: PreparePorts): Promise<Prepared> {
  const { catalog, environment } = ports;
  const output = outputOf(intent, name);
  const { target, journaled } = output;
  const identifier = parseIdentifier(target.table);
  const loaded = await catalog.load(identifier);
  const judgement = judgeTable(loaded, intent, output);
  if (judgement !== 'send') return judgement;
  const change =
    loaded === 'absent' ? creation(output, ports.locationOf(target.table), environment) : evolution(loaded, output, environment);
  if (typeof change === 'string') return schemaChanged(target.table, change);
  const files = stagedFiles(journaled);
  const specId = change.metadata['default-spec-id'];
  if (files.some((file) => file.specId !== specId)) return schemaChanged(target.table, 'its partitioning has changed');
  if (target.sortBy && files.some(({ sortOrderId: id }) => id && id !== change.metadata['default-sort-order-id']))
    return schemaChanged(target.table, 'its sort order has changed');
  const manifests = await manifestsOfHead(change.metadata, ports.memory);
  // What was made here and never sent is in no table.
  if (journaled.attempts.length > 0 || !files.every(({ path }) => ports.created.has(path)))
    await refuseLivePaths(files, manifests);
  const snapshotId = BigInt(journaled.snapshot);
  // A batch that was dropped and staged again has the same commit id and other files; who staged it, for which snapshot, is what a manifest is of.
  const manifestKey = `${intent.commitId}/${intent.writerId}/${journaled.snapshot}/${name}/${specId}`;
  const staged = await manifestOf(manifestKey, change, files, snapshotId, ports);
  const rewrite = journaled.staged.find((one) => one.rewrite !== undefined)?.rewrite;
  const head: { kept: ManifestFile[]; removal?: Removal } | string = rewrite
    ? await rewriteHead(rewrite, change.metadata, manifests, output.planned.fields, snapshotId, staged, environment)
    : { kept: manifests };
  if (typeof head === 'string') return rewriteConflict(target.table, head, journaled, headOf(change.metadata));
  const kept = await mergeHead(head.kept, change.metadata, snapshotId, staged, environment);
  staged.attempts += 1;
  const manifestList = `${metadataFolder(change.metadata)}/snap-${snapshotId}-${staged.attempts}-${staged.commitUuid}.avro`;
  const keeping = ports.refusing.has(target.table) ? 'tag' : (catalog.evidence ?? 'unknown');
  const append = planAppend(change.metadata, {
    snapshotId,
    addition: {
      files: files.length,
      rows: files.reduce((sum, file) => sum + BigInt(file.rows), 0n),
      bytes: files.reduce((sum, file) => sum + BigInt(file.sizeBytes), 0n),
      partitions: new Set([...files.map(({ partition }) => partitionText(partition)), ...(head.removal?.partitions ?? [])]).size,
    },
    manifest: staged.manifest,
    ...head,
    kept,
    manifestList,
    summary: { ...evidenceSummary(intent), ...summaryOf(output.planned.mode) },
    updates: [
      ...evidenceUpdates(change.metadata, intent, name, keeping),
      ...(target.expireSnapshots ? expiryUpdates(change.metadata, environment) : []),
    ],
    nowMilliseconds: BigInt(environment.now()),
  });
  const list = encodeManifestList(append.manifests, {
    snapshotId,
    parentSnapshotId: append.parent,
    sequenceNumber: append.sequenceNumber,
    sync: environment.random(16),
    codec: manifestCodec(change.metadata),
  });
  await environment.step('iceberg.prepare.manifest-list');
  await writeFileOnce(manifestList, list);
  ports.memory.keepList(manifestList, append.manifests);
  if (staged.manifest !== null) ports.memory.keepFiles(staged.manifest.path, firstPaths(files));
  for (const { path } of files) ports.created.delete(path);
  const requirements = loaded === 'absent' ? change.requirements : [...append.requirements, ...change.requirements];
  return {
    kind: 'ready',
    head: append.parent === null ? null : String(append.parent),
    request: writeRequest({
      identifier,
      snapshot: journaled.snapshot,
      triesProperty: triesProperty(append.updates, intent),
      commit: { requirements, updates: [...change.updates, ...append.updates] },
    }),
  };
}

function expiryUpdates(metadata: TableMetadata, environment: Environment): TableUpdate[] {
  const expired = planExpiry(metadata, BigInt(environment.now()));
  return expired.length === 0 ? [] : [{ action: 'remove-snapshots', 'snapshot-ids': expired }];
}

/** No more than somebody may want to look at. */
function firstPaths(files: readonly DataFileDescription[]): string[] {
  return files.slice(0, 100).map(({ path }) => path);
}

/** Java's mark of a dynamic overwrite. */
function summaryOf({ kind }: ProgramOutput['mode']): Record<string, string> {
  return kind === 'overwrite-partitions' ? { 'replace-partitions': 'true' } : {};
}

/** Every request that was sent asserted a head; once the table has gone beyond all of them, none can be applied any more. */
function rewriteConflict(table: string, why: string, { attempts }: IntentOutput, head: bigint | null): Prepared {
  const isVoid = attempts.every((attempt) => attempt.head !== (head === null ? null : String(head)));
  const { error } = stop(
    'REWRITE_CONFLICT',
    `${table}: ${why}. What was staged is given up, and staged again on the table as it is now.`,
    {
      recovery: 'replan',
      context: { table, why },
    },
  );
  return isVoid ? { kind: 'stop', error, isVoid } : { kind: 'stop', error };
}

function schemaChanged(table: string, why: string): Prepared {
  return stop('SCHEMA_CHANGED', `${table} is no longer as it was planned: ${why}. Plan again.`, {
    recovery: 'replan',
    context: { table, why },
  });
}

async function manifestOf(
  key: string,
  change: TableChangeOfCommit,
  files: readonly DataFileDescription[],
  snapshotId: bigint,
  { manifests, environment }: PreparePorts,
): Promise<StagedManifest> {
  const known = manifests.get(key);
  if (known) return known;
  const staged = await stageManifest(change.metadata, files, snapshotId, environment);
  manifests.set(key, staged);
  return staged;
}

/** Those that list nothing but files which left the table before are not carried on. */
async function manifestsOfHead(metadata: TableMetadata, memory: ManifestMemory): Promise<ManifestFile[]> {
  const head = headOf(metadata);
  if (head === null) return [];
  const manifests = await memory.list(snapshotOf(metadata, head)['manifest-list']);
  return manifests.filter(({ addedFiles, existingFiles, deletedFiles }) => deletedFiles === 0 || addedFiles + existingFiles > 0);
}

/** A path may be live once. Our names are new each time, so this finds defects, and evidence that was removed by hand. */
async function refuseLivePaths(files: readonly DataFileDescription[], kept: readonly ManifestFile[]): Promise<void> {
  const data = kept.filter((manifest) => manifest.content === 'data');
  if (files.length === 0 || data.reduce((sum, manifest) => sum + manifest.length, 0n) > CHEAP_LIVE_SET_BYTES) return;
  const paths = new Set(files.map((file) => file.path));
  for (const manifest of data) {
    const entries = decodeManifest(await readWholeFile(manifest.path), manifest);
    const live = entries.find((entry) => entry.status !== 'deleted' && paths.has(entry.path));
    if (!live) continue;
    throw new CalveError(
      'MARKER_CONFLICT',
      `The data file ${live.path} is in the table already, but the table has no evidence of this commit: it was removed by hand.`,
      {
        recovery: { kind: 'decide', choices: ['halt'] },
        context: { path: live.path, snapshot: String(live.snapshotId) },
      },
    );
  }
}
