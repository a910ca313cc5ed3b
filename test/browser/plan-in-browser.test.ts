import { copyFileSync, mkdirSync, mkdtempSync, openAsBlob, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { IngestionPlan } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { type BuildResult, build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmProject } from '../packed/consumer-project.ts';
import { requireTier } from '../readers/require-tier.ts';
import { awkwardOrders } from './awkward-orders.ts';
import { browserStatus } from './browser-status.ts';
import { planFiles } from './plan-files.ts';

/** Of what a page loads at once: core, zod, and what registers a format and recognizes its files; minified and compressed by gzip. */
const BUDGET_KILOBYTES = 108;
/** Of that and what it loads to plan its first CSV file: compiled kernels too, which a large file takes. */
const PLANNING_KILOBYTES = 143;

const modified = new Date('2026-03-01T12:00:00Z');

type InPage = Record<'planWithFixedClock' | 'planByDefault', () => Promise<{ plan: IngestionPlan; text: string }>>;

describe.runIf(requireTier('browser'))('core in a browser', () => {
  let folder: string;
  let bundle: string;
  let chunks: Chunks;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calve-browser-'));
    ({ bundle, chunks } = await bundleForBrowsers());
    const parameters = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: browserStatus().path ?? '', args: parameters });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** A page with nothing but a form for files and our bundle. */
  async function openPage(files: Record<string, string | Uint8Array>): Promise<string[]> {
    const paths = Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      utimesSync(path, modified, modified);
      return path;
    });
    page = await browser.newPage();
    await page.setContent('<input type="file" multiple>');
    await page.addScriptTag({ content: bundle });
    await page.setInputFiles('input', paths);
    return paths;
  }

  const planned = (name: keyof InPage) => page.evaluate((name) => (globalThis as unknown as InPage)[name](), name);

  it('is small enough for a page', () => {
    const sizeText = (chunks: readonly string[]): string =>
      `${Math.round(chunks.join('').length / 1000)} kB, ${gzipKilobytes(chunks).toFixed(1)} kB by gzip`;
    const { first, decoding, later } = chunks;
    process.stdout.write(
      `For browsers: ${sizeText(first)}; to plan CSV: ${sizeText(decoding)}; loaded when asked for: ${sizeText(later)}.\n`,
    );
    expect(gzipKilobytes(first)).toBeLessThan(BUDGET_KILOBYTES);
    expect(decoding.length).toBeGreaterThan(0);
    expect(gzipKilobytes([...first, ...decoding])).toBeLessThan(PLANNING_KILOBYTES);
    // What runs, and what reads and repairs ledgers, is not needed to plan.
    expect(chunks.later.length).toBeGreaterThan(0);
  });

  it('sniffs, observes and plans the files of a form, and gives the JSON that Node gives', async () => {
    const csv = awkwardOrders(14_000);
    expect(csv.length).toBeGreaterThan(1_000_000);
    const paths = await openPage({ 'orders-1.csv': csv, 'orders-2.csv.gz': gzipSync(awkwardOrders(14_000, 14_001)) });
    const there = await planned('planWithFixedClock');
    const here = await planFiles(
      await Promise.all(
        paths.map(async (path) => new File([await openAsBlob(path)], basename(path), { lastModified: +modified })),
      ),
      nodeEnvironment(),
    );

    expect(there.plan).toEqual(JSON.parse(JSON.stringify(here.plan)));
    expect(there.text).toBe(here.text);
    // Not two equal plans of nothing:
    expect(there.plan.batch.units.map(({ unit }) => unit)).toMatchObject([
      { uri: 'memory:///orders-1.csv', modifiedAt: modified.toISOString() },
      { uri: 'memory:///orders-2.csv.gz' },
    ]);
    expect(there.plan.batch.setAside).toEqual([]);
    const types = there.plan.columns.slice(0, 8).map(({ name, field }) => [name, field.type.kind]);
    expect(types).toEqual([
      ['order_id', 'int64'],
      ['ordered_at', 'timestamp'],
      ['amount', 'decimal'],
      ['day', 'date'],
      ['is_paid', 'boolean'],
      ['the "note"', 'string'],
      ['__proto__', 'int64'],
      ['constructor', 'string'],
    ]);
  });

  it('finds clock and randomness by itself', async () => {
    await openPage({ 'orders.csv': awkwardOrders(10) });
    const [first, second] = [await planned('planByDefault'), await planned('planByDefault')];
    expect(first.plan.batch.units).toHaveLength(1);
    expect(Math.abs(Date.parse(first.plan.batch.plannedAt) - Date.now())).toBeLessThan(3_600_000);
    expect(first.plan.batch.commitId).not.toBe(second.plan.batch.commitId);
  });

  it('sets aside what a browser cannot read and says so, and plans the rest', async () => {
    await openPage({
      'damaged.csv.gz': gzipSync(awkwardOrders(1000)).fill(0x55, 3000, 3100),
      'members.csv.gz': Buffer.concat([gzipSync(awkwardOrders(10)), gzipSync(awkwardOrders(10, 11))]),
      'short.csv.gz': gzipSync(awkwardOrders(1000)).subarray(0, 5000),
      'fine.csv': awkwardOrders(20),
    });
    const { plan, text } = await planned('planWithFixedClock');
    expect(plan.batch.units.map(({ unit }) => 'uri' in unit && unit.uri)).toEqual(['memory:///fine.csv']);
    const aside = plan.batch.setAside.map(({ unit, finding }) => ['uri' in unit && unit.uri, finding.code]);
    expect(aside.toSorted()).toEqual([
      ['memory:///damaged.csv.gz', 'MALFORMED_UNIT'],
      ['memory:///members.csv.gz', 'MALFORMED_UNIT'],
      ['memory:///short.csv.gz', 'MALFORMED_UNIT'],
    ]);
    expect(text).toContain('several members, of which browsers read only the first');
  });

  /** What a page would load: from the packages as they are published, for browsers, with nothing of Node in it. */
  async function bundleForBrowsers(): Promise<{ bundle: string; chunks: Chunks }> {
    const consumer = await npmProject();
    const project = consumer.folder;
    mkdirSync(join(project, 'page'));
    for (const name of ['in-page.ts', 'plan-files.ts', 'plan-only-sink.ts']) {
      copyFileSync(join(import.meta.dirname, name), join(project, 'page', name));
    }
    const options = {
      absWorkingDir: join(project, 'page'),
      entryPoints: ['in-page.ts'],
      bundle: true,
      platform: 'browser' as const,
      minify: true,
      write: false as const,
      metafile: true as const,
      logLevel: 'silent' as const,
      logOverride: { 'empty-import-meta': 'silent' as const },
    };
    const { outputFiles, warnings, metafile } = await build({ ...options, format: 'iife' });
    expect(warnings).toEqual([]);
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => path.startsWith('node:'))).toEqual([]);
    expect(imports.some((path) => path.includes('browser-environment'))).toBe(true);
    const split = await build({ ...options, format: 'esm', splitting: true, outdir: 'chunks' });
    consumer.remove();
    return { bundle: outputFiles[0]?.text ?? '', chunks: chunksOf(split) };
  }
});

/** Texts of the chunks that a bundler makes: what a page loads at once, what it loads to look into CSV, and what planning does not need. */
interface Chunks {
  first: string[];
  decoding: string[];
  later: string[];
}

function chunksOf({ outputFiles, metafile }: BuildResult<{ write: false; metafile: true }>): Chunks {
  const names = Object.keys(metafile.outputs);
  const loadedBy = (module: RegExp): Set<string> => {
    const loaded = new Set(names.filter((name) => module.test(metafile.outputs[name]?.entryPoint ?? '')));
    for (const name of loaded) {
      for (const { path, kind } of metafile.outputs[name]?.imports ?? []) if (kind === 'import-statement') loaded.add(path);
    }
    return loaded;
  };
  const first = loadedBy(/in-page\.ts$/);
  const decoding = new Set([...loadedBy(/(csv-decoder|plan-ingestion)[^/]*\.js$/)].filter((name) => !first.has(name)));
  const textOf = (name: string): string => outputFiles.find(({ path }) => path.endsWith(basename(name)))?.text ?? '';
  const later = names.filter((name) => !first.has(name) && !decoding.has(name));
  return { first: [...first].map(textOf), decoding: [...decoding].map(textOf), later: later.map(textOf) };
}

function gzipKilobytes(chunks: readonly string[]): number {
  return chunks.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0) / 1000;
}
