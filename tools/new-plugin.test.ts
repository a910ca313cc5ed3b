import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pluginKinds } from './new-plugin/package-files.ts';
import { readRequest, writePlugin } from './new-plugin.ts';
import { run } from './run-command.ts';
import { checkImports } from './structure/import-rules.ts';
import { checkManifests } from './structure/manifest-rules.ts';
import type { SourceFile } from './structure/source-tree.ts';
import { checkLength, checkNames, checkTests } from './structure/text-rules.ts';

const repository = join(import.meta.dirname, '..');
const program = (name: string): string => join(repository, 'node_modules', '.bin', name);

/** Runs on the sources of this repository, as its own tests do. */
const vitestConfiguration = `
const conditions = ['calve-source', 'node', 'import', 'module', 'default'];
export default {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: { include: ['packages/**/*.test.ts'], pool: 'forks', maxWorkers: 2, execArgv: ['--conditions=calve-source'], testTimeout: 300_000 },
};
`;

/** A workspace of its own, in which every kind of plugin was made and the packages of this one are found. */
let workspace: string;
const made = new Map<string, string[]>();

beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'calve-new-plugin-')));
  for (const [name, target] of [
    ['@calve/core', 'packages/core'],
    ['@calve/testkit', 'packages/testkit'],
    ['zod', 'packages/core/node_modules/zod'],
    ...['vitest', 'tsup', '@types/node'].map((tool) => [tool, `node_modules/${tool}`]),
  ] as const) {
    const link = join(workspace, 'node_modules', name!);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repository, target!), link);
  }
  for (const kind of pluginKinds) {
    const folder = `packages/${kind}-two-words`;
    const request = readRequest([kind, 'two-words', '--to', join(workspace, folder)], repository);
    if (typeof request === 'string') throw new Error(request);
    made.set(folder, writePlugin(request));
  }
  const extend = join(repository, 'tsconfig.base.json');
  writeFileSync(
    join(workspace, 'tsconfig.json'),
    JSON.stringify({ extends: extend, include: ['packages/*/src', 'packages/*/test'] }),
  );
  writeFileSync(join(workspace, 'package.json'), '{"type":"module"}');
  writeFileSync(join(workspace, 'vitest.config.js'), vitestConfiguration);
});

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

describe('a new plugin of each kind', () => {
  it('passes its own suite', () => {
    const report = join(workspace, 'report.json');
    const outcome = run(program('vitest'), ['run', '--reporter=json', '--outputFile', report], {}, workspace);
    const { numTotalTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      numTotalTests: number;
      testResults: { assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[];
    };
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status !== 'passed'));
    expect(failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.slice(0, 300)}`)).toEqual([]);
    expect(testResults.length).toBeGreaterThanOrEqual(pluginKinds.length);
    expect(numTotalTests).toBeGreaterThan(60);
    expect(outcome.ok, outcome.stderr).toBe(true);
  });

  it('compiles', () => {
    const { checked, errors } = typeErrors(workspace);
    expect(errors).toEqual([]);
    expect(checked).toBe([...made.values()].flat().filter((path) => /^(src|test)\/.*\.ts$/.test(path)).length);
  });

  it('keeps to the formatter, the linter and the structure of this repository', () => {
    const lint = ['check', '--error-on-warnings', '--vcs-enabled=false', `--config-path=${repository}`, 'packages'];
    const { ok, stdout, stderr } = run(program('biome'), lint, {}, workspace);
    expect(ok, stdout + stderr).toBe(true);
    const files = [...made].flatMap(([folder, paths]) => paths.map((path) => read(workspace, `${folder}/${path}`)));
    const tree = [read(repository, 'package.json'), ...files];
    const rules = [checkImports, checkManifests, checkNames, checkLength, checkTests];
    expect(rules.flatMap((rule) => rule(tree))).toEqual([]);
  });

  it('builds what is rebuilt in other threads beside its entry', () => {
    for (const [kind, part] of [
      ['format', 'two-words-decoder'],
      ['sink', 'two-words-table-writer'],
    ] as const) {
      expect(read(workspace, `packages/${kind}-two-words/tsup.config.ts`).text).toContain(`'src/${part}.ts'`);
      const sources = made
        .get(`packages/${kind}-two-words`)!
        .map((path) => read(workspace, `packages/${kind}-two-words/${path}`).text);
      expect(sources.some((text) => text.includes(`moduleBeside(import.meta.url, './${part}')`))).toBe(true);
    }
  });

  it('says what is left to do, and leaves no placeholder', () => {
    for (const [folder, paths] of made) {
      const texts = paths.map((path) => read(workspace, `${folder}/${path}`));
      expect(texts.filter(({ path, text }) => /\{\{|__kebab__/.test(path + text))).toEqual([]);
      expect(texts.find(({ path }) => path.endsWith('README.md'))?.text).toContain('## To do');
      expect(texts.filter(({ text }) => text.includes('TO DO')).length).toBeGreaterThan(2);
    }
  });
});

describe('what the command line asks for', () => {
  const ask = (...words: string[]) => readRequest(words, repository);

  it('is a folder in packages, or the one that is named', () => {
    expect(ask('source', 's3')).toMatchObject({ kind: 'source', name: 's3', folder: join(repository, 'packages', 'source-s3') });
    expect(ask('sink', 'x', '--to', join(workspace, 'x'))).toMatchObject({ folder: join(workspace, 'x'), standalone: false });
  });

  it.each([
    [[], 'what kind'],
    [['source'], 'what kind'],
    [['cloud', 'x'], 'there are source, format, sink'],
    [['source', 'My Store'], 'lower-case words'],
    [['source', '../x'], 'lower-case words'],
    [['source', 'local'], 'is not empty'],
    [['source', 'x', '--wrong'], '--wrong'],
    [['source', 'x', '--standalone'], 'needs --to'],
    [['source', 'x', '--tarballs', '.'], 'goes with --standalone'],
  ])('%j is refused with a sentence', (words, part) => {
    expect(ask(...words)).toContain(part);
  });

  it('on its own is a project that needs nothing of this repository', () => {
    const folder = join(workspace, 'alone');
    const request = ask('source', 'alone', '--standalone', '--to', folder);
    if (typeof request === 'string') throw new Error(request);
    writePlugin(request);
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const manifest = JSON.parse(text) as { name: string; devDependencies: Record<string, string> };
    expect(manifest.name).toBe('calve-source-alone');
    expect(manifest.devDependencies['@calve/testkit']).toMatch(/^\^\d/);
    expect(text + readFileSync(join(folder, 'tsconfig.json'), 'utf8')).not.toMatch(/workspace:|calve-source"|customConditions/);
    expect(existsSync(join(folder, 'test', 'conformance.test.ts'))).toBe(true);
    expect(() => writePlugin(request)).toThrow('EEXIST');
  });
});

function read(root: string, path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** What the compiler says of the files that a `tsconfig.json` includes. What they import is checked by `./dev check`. */
function typeErrors(folder: string): { checked: number; errors: string[] } {
  const onUnRecoverableConfigFileDiagnostic = (diagnostic: ts.Diagnostic): never => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  };
  const configuration = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic },
  )!;
  const compiled = ts.createProgram(configuration.fileNames, configuration.options);
  const diagnostics = [
    ...configuration.errors,
    ...compiled.getOptionsDiagnostics(),
    ...compiled.getGlobalDiagnostics(),
    ...configuration.fileNames.flatMap((name) => {
      const file = compiled.getSourceFile(name);
      return [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)];
    }),
  ];
  const format = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => folder, getNewLine: () => '\n' };
  return { checked: configuration.fileNames.length, errors: diagnostics.map((found) => ts.formatDiagnostic(found, format)) };
}
