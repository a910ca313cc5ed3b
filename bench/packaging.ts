// What the packages weigh and how long they take to load, measured on the tarballs: `node bench/packaging.ts`. Writes
// docs/benchmark-results/packaging.md. Run it on a machine that does nothing else.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Platform } from 'esbuild';
import { npmProject } from '../test/packed/consumer-project.ts';
import { packPackages } from '../test/packed/pack-packages.ts';

const ROUNDS = 31;

const readme = `import '@calve/core';
import '@calve/core/node';
import '@calve/format-csv';
import '@calve/sink-iceberg';
import '@calve/source-local';`;

/** Programs that only import. */
const programs: Record<string, string> = {
  'an empty module': 'export {};',
  'zod alone': "import 'zod';",
  '`@calve/core`': "import '@calve/core';",
  'all that the program of the README imports': readme,
};

interface Bundle {
  title: string;
  platform: Platform;
  code: string;
  external?: string[];
}

const core = "export { createCalve } from '@calve/core';";
const bundles: Bundle[] = [
  { title: '`createCalve`, for Node', platform: 'node', code: core },
  { title: '`createCalve`, for Node, without zod', platform: 'node', code: core, external: ['zod'] },
  { title: '`createCalve`, for browsers', platform: 'browser', code: core },
  {
    title: '`createCalve` and `csvFormat`, for browsers',
    platform: 'browser',
    code: `${core}\nexport { csvFormat } from '@calve/format-csv';`,
  },
  {
    title: 'zod alone, as core uses it',
    platform: 'browser',
    code: "import * as z from 'zod'; export const parse = z.strictObject({}).parse;",
  },
];

const project = await npmProject();

async function sizeRow({ title, platform, code, external = [] }: Bundle): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: project.folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform,
    external,
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return `| ${title} | ${kilobytes(bytes.length)} | ${kilobytes(gzipSync(bytes, { level: 9 }).length)} |`;
}

function tarballRows(tarballs: Record<string, string>): string[] {
  return Object.entries(tarballs).map(([name, path]) => `| \`${name}\` | ${kilobytes(statSync(path).size)} |`);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

interface Start {
  /** Milliseconds from the start of the process to its end, on the wall. */
  wall: number;
  /** Milliseconds of processor time, which other work on the machine changes less. */
  processor: number;
}

function startOnce(file: string): Start {
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [file], { cwd: project.folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
  return { wall: performance.now() - start, processor: Number(stdout) / 1000 };
}

/** All programs in turn, round after round, so that whatever else the machine does falls on all of them. */
function startRows(): string[] {
  const files = Object.entries(programs).map(([title, code], index) => {
    const file = `start-${index}.mjs`;
    project.write(file, `${code}\nconst { user, system } = process.cpuUsage();\nprocess.stdout.write(String(user + system));\n`);
    return { title, file, starts: [] as Start[] };
  });
  for (let round = -2; round < ROUNDS; round++) {
    for (const { file, starts } of files) {
      const start = startOnce(file);
      if (round >= 0) starts.push(start);
    }
  }
  const median = (index: number) => quantile(files[index]?.starts.map(({ processor }) => processor) ?? [], 0.5);
  return files.map(({ title, starts }, index) => {
    const wall = starts.map((start) => start.wall);
    const spread = `${quantile(wall, 0.1).toFixed(0)} to ${quantile(wall, 0.9).toFixed(0)}`;
    const more = (median(index) - median(0)).toFixed(0);
    const ratios = [0, 1].map((other) => (median(index) / median(other)).toFixed(2)).join(' | ');
    return `| ${title} | ${quantile(wall, 0.5).toFixed(0)} | ${spread} | ${median(index).toFixed(0)} | ${more} | ${ratios} |`;
  });
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

const tarballs = await packPackages();
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, ${process.platform} ${process.arch}`;
const load = loadavg()[0]?.toFixed(1);
const sizes: string[] = [];
for (const bundle of bundles) sizes.push(await sizeRow(bundle));
const page = `# Packaging

Measured by \`node bench/packaging.ts\` on the packed tarballs, installed with npm. ${new Date().toISOString().slice(0, 10)}; ${machine}; load ${load}
when it began. No test asserts times; \`test/browser\` holds the bundle for browsers to its budget, \`test/packed\` the compiler's work to its own.

## Size of bundles

By esbuild, minified, in kB (1000 bytes); compressed with gzip at level 9.

| what | minified | gzip |
| --- | ---: | ---: |
${sizes.join('\n')}

## Start-up time

A process that imports and ends: median of ${ROUNDS} runs in ms, all programs in turn. What else the machine does shows on the wall clock and
less in the processor time, from which "more" (than an empty module) and the ratios to an empty module and to zod alone are taken.

| program | wall | 10 % to 90 % | processor | more | ratio to empty | ratio to zod |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${startRows().join('\n')}

## Size of tarballs

| package | kB |
| --- | ---: |
${tarballRows(tarballs).join('\n')}
`;
const target = join(import.meta.dirname, '..', 'docs', 'benchmark-results', 'packaging.md');
writeFileSync(target, page);
project.remove();
process.stdout.write(readFileSync(target, 'utf8'));
