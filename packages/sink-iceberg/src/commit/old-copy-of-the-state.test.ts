import { access, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidenceMarker, evidenceName, type Json, wapId } from '@calve/core/plugin';
import { testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { abandonOutput } from './abandon.ts';
import { outputOf } from './intent-output.ts';
import { judgeTable } from './judge-table.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const key = { tenant: 'test', ingestion: 'orders' };
const program = testProgram([{ target: { table: 'a.b' }, fields: [] }]);
/** As a backup has it: the first batch, of a table that did not exist yet. */
const intent = testIntent(program, { key, sequence: 1 });

/** The table after the batch with this number. */
function tableAt(sequence: number, commitId?: string): TableMetadata {
  const marker = { ...evidenceMarker(testIntent(program, { key, sequence }), 'main'), ...(commitId ? { commitId } : {}) };
  return { ...table, properties: { [evidenceName(key)]: JSON.stringify(marker) } };
}

const loadedAt = (sequence: number, commitId?: string) => ({ metadataLocation: 'm', metadata: tableAt(sequence, commitId) });

describe('an intent of an old copy of the state', () => {
  it('does not ask for a new plan when the table is ahead of it', () => {
    const output = outputOf(intent, 'main');
    expect(output.journaled.identity).toBe('absent');
    expect(judgeTable(loadedAt(2), intent, output)).toMatchObject({ kind: 'stop', error: { code: 'CHECKPOINT_BEHIND' } });
    expect(judgeTable(loadedAt(1, 'another'), intent, output)).toMatchObject({ error: { code: 'MARKER_CONFLICT' } });
    expect(judgeTable(loadedAt(1, intent.commitId), intent, output)).toMatchObject({ kind: 'already-committed' });
    expect(judgeTable({ metadataLocation: 'm', metadata: table }, intent, output)).toMatchObject({
      error: { code: 'PLAN_STALE' },
    });
  });

  it('keeps its files, since the table may have had them from the batch that the copy knows as staged', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'calve-abandon-')), 'a.parquet');
    await writeFile(path, 'rows');
    const staged = withStagedFiles(intent, 'main', { files: [describedFile(path)], rows: 1 });
    const catalog = (sequence: number) => ({ load: async () => loadedAt(sequence, 'another') }) as unknown as Catalog;
    await expect(abandonOutput(staged, 'main', catalog(2))).rejects.toMatchObject({ code: 'COMMIT_STATE_UNKNOWN' });
    await access(path);
    await abandonOutput(staged, 'main', catalog(1));
    await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps its files while the table lists a snapshot of its commit that readers do not see: staged by Spark, or rolled back', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'calve-abandon-')), 'a.parquet');
    await writeFile(path, 'rows');
    const staged = withStagedFiles(intent, 'main', { files: [describedFile(path)], rows: 1 });
    const { generation, sequence, commitId } = intent;
    const head = table.snapshots!.at(-1)!;
    const listing = (changes: Partial<typeof head>) => {
      const beside = { ...head, 'snapshot-id': 12_345n, summary: {}, ...changes };
      const metadata = { ...table, snapshots: [...table.snapshots!, beside] };
      return { load: async () => ({ metadataLocation: 'm', metadata }) } as unknown as Catalog;
    };
    for (const beside of [
      { summary: { 'wap.id': wapId({ key, generation, sequence, commitId }) } },
      { 'snapshot-id': BigInt(intent.outputs['main']!.snapshot) },
    ]) {
      await expect(abandonOutput(staged, 'main', listing(beside))).rejects.toMatchObject({ code: 'COMMIT_STATE_UNKNOWN' });
      await access(path);
    }
    const foreign = wapId({ key: { ...key, ingestion: 'returns' }, generation, sequence, commitId });
    await abandonOutput(staged, 'main', listing({ summary: { 'wap.id': foreign } }));
    await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

function describedFile(path: string): Json {
  const none = {};
  const statistics = {
    columnSizes: none,
    valueCounts: none,
    nullCounts: none,
    nanCounts: none,
    lowerBounds: none,
    upperBounds: none,
  };
  return { path, sizeBytes: 4, rows: 1, specId: 0, partition: [], splitOffsets: [], ...statistics };
}
