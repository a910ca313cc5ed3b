import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsumerProject, npmProject } from './consumer-project.ts';
import { packPackages } from './pack-packages.ts';

const repository = join(import.meta.dirname, '..', '..');
const main = { read: 200, written: 200, rejected: 0 };

/** Instantiations of types for types/builder.test-d.ts without those inside of declarations, as measured on 2026-11-21. */
const INSTANTIATIONS = 3900;

let project: ConsumerProject;
/** Where no package can be found. */
let elsewhere: string;

beforeAll(async () => {
  project = await npmProject();
  elsewhere = await mkdtemp(join(tmpdir(), 'calve-elsewhere-'));
});

afterAll(async () => {
  project?.remove();
  await rm(elsewhere, { recursive: true });
});

function text(path: string): string {
  return readFileSync(join(import.meta.dirname, path), 'utf8');
}

/** A folder of the project in which somebody's program finds two files with orders. */
function startFolder(name: string, manifest: object = {}): string {
  project.write(`${name}/package.json`, JSON.stringify(manifest));
  project.write(`${name}/landing/orders-1.csv`, orders(1, 120));
  project.write(`${name}/landing/orders-2.csv.gz`, gzipSync(orders(121, 200)));
  return name;
}

function orders(first: number, last: number): string {
  const rows = Array.from({ length: last - first + 1 }, (_, row) => first + row);
  return `id,amount,note\n${rows.map((id) => `${id},${id}.25,"note, ${id}"\n`).join('')}`;
}

/** The same program, with decoders in processes of their own. */
function isolated(): string {
  const program = text('programs/ingest.ts');
  expect(program).toContain("ingest('inline')");
  return program.replace("ingest('inline')", "ingest('process')");
}

function run(folder: string, file: string): Record<string, unknown> {
  const { ok, stdout, stderr } = project.node([file], folder);
  expect({ ok, stderr }).toEqual({ ok: true, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('a program of a consumer', () => {
  it('runs as ESM from the sources that Node strips of their types', () => {
    const folder = startFolder('esm', { type: 'module' });
    project.write(`${folder}/ingest.ts`, text('programs/ingest.ts'));
    const first = expect.objectContaining({ id: '1', amount: '1.25', note: 'note, 1' });
    expect(run(folder, 'ingest.ts')).toEqual({ counts: expect.objectContaining(main), first, portable: 'loaded' });
  });

  it('decodes in a process of its own, from what is installed', () => {
    const folder = startFolder('isolated', { type: 'module' });
    project.write(`${folder}/ingest.ts`, isolated());
    expect(run(folder, 'ingest.ts')).toMatchObject({ counts: main });
  });

  it('runs as CommonJS with nothing but require', () => {
    const folder = startFolder('commonjs', { type: 'commonjs' });
    project.write(`${folder}/program.cjs`, text('programs/require.cjs'));
    const functions = Array.from({ length: 5 }, () => 'function');
    expect(run(folder, 'program.cjs')).toEqual({ counts: expect.objectContaining({ read: 2, written: 2 }), functions });
  });

  it('sees the name of our errors where nobody catches one', () => {
    const { stderr } = project.node(['--eval', `require('@calve/core').createCalve({})`]);
    expect(stderr).toContain('\nCalveError: ');
  });

  it('loads every entry of every package with require: no module of ours awaits at its top', async () => {
    const entries = Object.keys(await packPackages()).flatMap((name) => {
      const manifest = JSON.parse(readFileSync(join(project.folder, 'node_modules', name, 'package.json'), 'utf8')) as {
        exports: Record<string, unknown>;
      };
      return Object.keys(manifest.exports).map((subpath) => join(name, subpath));
    });
    expect(entries.length).toBeGreaterThan(7);
    const { ok, stderr } = project.node(['--eval', `for (const entry of ${JSON.stringify(entries)}) require(entry);`]);
    expect({ ok, stderr }).toEqual({ ok: true, stderr: '' });
  });

  it.each([
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ] as const)('runs from one file that esbuild made (%s), and says what such a file lacks', async (format, ending) => {
    const folder = startFolder(`bundle-${format}`);
    const bundles = join(elsewhere, format);
    project.write(`${folder}/ingest.ts`, text('programs/ingest.ts'));
    project.write(`${folder}/isolated.ts`, isolated());
    const { warnings } = await build({
      absWorkingDir: join(project.folder, folder),
      entryPoints: ['ingest.ts', 'isolated.ts'],
      outdir: bundles,
      outExtension: { '.js': `.${ending}` },
      bundle: true,
      platform: 'node',
      format,
      target: 'node24',
      logLevel: 'silent',
      logOverride: { 'empty-import-meta': 'silent' },
    });
    expect(warnings).toEqual([]);
    const { counts, portable } = run(folder, join(bundles, `ingest.${ending}`));
    expect(counts).toMatchObject(main);
    expect(portable).toMatch(/^CONFIGURATION_INVALID: .*csv-decoder.*keep the @calve packages out of it/);
    const { ok, stderr } = project.node([join(bundles, `isolated.${ending}`)], folder);
    expect(ok).toBe(false);
    expect(stderr).toMatch(/CalveError: isolation: 'process' starts .* A bundler left it behind/);
  });
});

describe('a program that the compiler checks together with our declarations', () => {
  it.each([
    ['module node16', '.mts', { module: 'node16', moduleResolution: 'node16', target: 'es2024', types: ['node'] }],
    ['bundler resolution', '.ts', { module: 'esnext', moduleResolution: 'bundler', target: 'es2024', types: ['node'] }],
    ['a CommonJS project under nodenext', '.ts', { module: 'nodenext', target: 'es2024', types: ['node'] }],
    ['bundler resolution without Node', '.ts', { module: 'esnext', moduleResolution: 'bundler', target: 'esnext', types: [] }],
  ])('is right under %s', (name, ending, options) => {
    const folder = name.replaceAll(' ', '-');
    project.write(`${folder}/package.json`, '{"type":"commonjs"}');
    const program = text('programs/ingest.ts').replace('process.stdout.write', 'console.log');
    project.write(`${folder}/ingest${ending}`, program);
    expect(project.tsc(folder, { lib: ['es2024', 'esnext.disposable', 'dom'], ...options })).toEqual({ ok: true, output: '' });
  });

  it('is refused where a name, an option or the order is wrong, and costs the compiler little', () => {
    project.write('types/builder.test-d.ts', text('types/builder.test-d.ts'));
    project.write('types/package.json', '{"type":"module"}');
    const { ok, output } = project.tsc(
      'types',
      { module: 'nodenext', target: 'esnext', types: ['node'], exactOptionalPropertyTypes: true, skipLibCheck: true },
      ['--extendedDiagnostics'],
    );
    expect(output).not.toContain('error TS');
    expect(ok).toBe(true);
    const instantiations = Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1]);
    process.stdout.write(`Type instantiations of the builder's tests: ${instantiations}, recorded: ${INSTANTIATIONS}.\n`);
    expect(instantiations).toBeGreaterThan(0);
    expect(instantiations).toBeLessThan(INSTANTIATIONS * 1.25);
  });
});

describe("a newcomer's first hour", () => {
  /** The program of the README, as somebody copies it. */
  function program(): string {
    const [block] = /(?<=^```ts\n).*?(?=^```$)/ms.exec(readFileSync(join(repository, 'README.md'), 'utf8')) ?? [];
    expect(block).toContain('createCalve');
    return block ?? '';
  }

  it('runs the program of the README with plain node', () => {
    const rows = Array.from(
      { length: 200 },
      (_, row) => `${row},2026-03-0${1 + (row % 3)} 10:00:00,${row === 77 ? 'many' : 1.25}`,
    );
    project.write('landing/orders-1.csv', `order_id,ordered_at,amount\n${rows.join('\n')}\n`);
    project.write('program.mts', program());
    const { ok, stdout, stderr } = project.node(['program.mts']);
    expect({ ok, stderr }).toEqual({ ok: true, stderr: '' });
    expect(stdout).toContain('sales.orders does not exist; it will be created');
    expect(stdout).not.toContain('undefined');
    expect(stdout).toMatch(/outcome: 'committed'/);
    expect(stdout).toMatch(/main: \{\s+read: 200,[^}]*written: 199,[^}]*rejected: 1,/);
    expect(project.node(['program.mts']).stdout).toMatch(/outcome: 'nothing-new'/);
  });

  it('runs "calve run ./landing ./lake" before there is any code', () => {
    const folder = startFolder('shell');
    const calve = join(project.folder, 'node_modules', '.bin', 'calve');
    const { ok, stdout } = project.node([calve, 'run', './landing', './lake', '--json'], folder);
    expect(ok).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 0, run: { result: { outcome: 'committed', counts: { main } } } });
  });

  it('checks it with the settings that "tsc --init" writes, and stricter', () => {
    project.write('strict/program.mts', program());
    const options = {
      module: 'nodenext',
      target: 'esnext',
      types: [],
      skipLibCheck: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      noUncheckedSideEffectImports: true,
      moduleDetection: 'force',
    };
    expect(project.tsc('strict', options)).toEqual({ ok: true, output: '' });
  });
});
