import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsumerProject, strictPnpmProject } from './consumer-project.ts';

/** Files of ours that Node finds and links when a program imports what it needs to load CSV files into Iceberg. */
const MODULES_AT_IMPORT = 20;

interface Written {
  files: Record<string, string>;
  rows: number;
}

describe('the packed packages in a project of their own', () => {
  let strict: ConsumerProject;
  let project = '';

  beforeAll(async () => {
    strict = await strictPnpmProject();
    project = strict.folder;
    for (const name of ['worker-half.mjs', 'compare-threads.mjs', 'list-loaded.mjs']) {
      await copyFile(fileURLToPath(new URL(name, import.meta.url)), join(project, name));
    }
  });

  afterAll(() => strict?.remove());

  it('rebuild decoder, writer and encoder in threads from module, export name and JSON, and write byte-equal files', async () => {
    const data = join(project, 'data');
    await mkdir(join(data, 'lake'), { recursive: true });
    const { stdout } = await promisify(execFile)(process.execPath, ['compare-threads.mjs', data], {
      cwd: project,
      maxBuffer: 64 << 20,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const { here, there, result, loads } = JSON.parse(stdout) as {
      here: Written;
      there: Written;
      result: { outcome: string; counts: unknown };
      loads: Record<'alone' | 'threads', { counts: unknown; degraded: string[]; files: string[] }>;
    };
    expect(here.rows).toBe(5000);
    expect(Object.keys(here.files)).toHaveLength(4);
    expect(there).toEqual(here);
    expect(result).toMatchObject({ outcome: 'committed', counts: { main: { read: 5000, written: 5000 } } });
    expect(loads.alone.files).toHaveLength(1);
    // Nothing about threads that could not load what they need.
    expect(loads.threads).toEqual({ ...loads.alone, degraded: [] });
  });

  it('load neither other packages nor what only planning and loading need when a program imports them', () => {
    const listed = strict.node(['list-loaded.mjs']);
    expect(listed.stderr).toBe('');
    const modules = (JSON.parse(listed.stdout) as string[]).filter((url) => !url.startsWith('node:'));
    const own = /\/node_modules\/@calve\/(?:core|format-csv|source-local|sink-iceberg)\/dist\//;
    expect(modules.filter((url) => !own.test(url))).toEqual([]);
    // Each file that Node has to find and link takes a millisecond: `tools/few-chunks.ts`.
    expect(modules.length).toBeLessThanOrEqual(MODULES_AT_IMPORT);
    // The build says above each part of a file which module it was.
    const parts = modules.flatMap((url) => [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ (src\/.*\.ts)$/gm)]);
    const names = parts.map(([, name]) => name);
    expect(names).toContain('src/create-calve.ts');
    const onDemand =
      /\/(?:plan-ingestion|run-ingestion|preview-ingestion|operate-ledger|nested-projector|nested-schema|apply-projection|csv-decoder|table-writer|part-encoder|read-table|rewriting-writer|.*\.wasm)\.ts$/;
    expect(names.filter((name) => onDemand.test(name ?? ''))).toEqual([]);
  });
});
