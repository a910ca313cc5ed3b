import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkStructure } from './check-structure.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'calve-structure-'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  write(sound);
});

afterEach(() => rmSync(root, { recursive: true }));

/** A small repository that breaks no rule. */
const sound: Record<string, string> = {
  '.gitignore': 'node_modules/\n',
  'package.json': manifest({ devDependencies: { vitest: '1' } }),
  'packages/core/package.json': manifest({ name: '@calve/core', dependencies: { zod: '1' } }),
  'packages/core/README.md': '# core',
  'packages/core/src/index.ts': `import { z } from 'zod';\nexport { z };\nexport * from './spec/spec.ts';\n`,
  'packages/core/src/spec/spec.ts': 'export const spec = 1;\n',
  'packages/core/src/spec/spec.test.ts': `import { readFileSync } from 'node:fs';\nimport { it } from 'vitest';\nimport { spec } from './spec.ts';\n`,
  'packages/core/src/run/node/files.ts': `export { readFileSync } from 'node:fs';\n`,
  'packages/format-csv/package.json': manifest({
    name: '@calve/format-csv',
    peerDependencies: { '@calve/core': '1' },
    devDependencies: { '@calve/core': '1', '@calve/testkit': '1' },
  }),
  'packages/format-csv/README.md': '# csv',
  'packages/format-csv/src/index.ts': `import type { Json } from '@calve/core/plugin';\nexport type { Json };\n`,
  'packages/format-csv/test/conformance.test.ts': `import '@calve/testkit';\nimport '@calve/core';\nimport '../src/index.ts';\nimport '../../../test/readers/readers.ts';\n`,
};

function manifest(content: Record<string, unknown>): string {
  return JSON.stringify(content);
}

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What is found after the sound tree was changed, as `path:line message`. */
function findings(change: Record<string, string>): string[] {
  write(change);
  return checkStructure(root).map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} ${message}`);
}

// Silenced tests are put together here, or this file would break the rule itself.
const silenced = (word: string) => `it.${word}('x', () => {});\n`;
const slash = '/';

describe('a repository that breaks no rule', () => {
  it('passes', () => {
    expect(findings({})).toEqual([]);
  });

  it('may have files of exactly 400 lines, and tests of the examples', () => {
    const change = { 'packages/core/src/long.ts': '\n'.repeat(400), 'test/x.test.ts': `import '../examples/01/make.ts';\n` };
    expect(findings(change)).toEqual([]);
  });

  it('may have ignored files of any kind', () => {
    expect(findings({ 'node_modules/lib/utils.ts': `import './x';` })).toEqual([]);
  });

  it('may mention imports in comments and strings', () => {
    expect(
      findings({ 'packages/core/src/spec/doc.ts': `// import 'node:fs';\nexport const text = "import 'node:fs'";\n` }),
    ).toEqual([]);
  });
});

describe('each rule is broken once', () => {
  it.each<[rule: string, change: Record<string, string>, expected: string]>([
    [
      'core imports Node',
      { 'packages/core/src/plan/plan.ts': `// why\nimport 'node:fs';\n` },
      'packages/core/src/plan/plan.ts:2 core runs without Node outside',
    ],
    [
      'core imports a plugin, in a test too',
      { 'packages/core/src/spec/spec.test.ts': `import '@calve/format-csv';\n` },
      'packages/core/src/spec/spec.test.ts:1 core knows no plugin',
    ],
    [
      'a plugin imports the entry for users',
      { 'packages/format-csv/src/index.ts': `export * from '@calve/core';\n` },
      'packages/format-csv/src/index.ts:1 plugins import from "@calve/core/plugin"',
    ],
    [
      'a plugin imports testkit outside of tests',
      { 'packages/format-csv/src/other.ts': `const testkit = await import('@calve/testkit');\n` },
      'packages/format-csv/src/other.ts:1 a plugin builds on core only',
    ],
    [
      'a plugin imports another one',
      { 'packages/format-csv/test/x.test.ts': `import type { X } from '@calve/source-local';\n` },
      'packages/format-csv/test/x.test.ts:1 a plugin builds on core only, its tests on testkit too',
    ],
    [
      'testkit imports a plugin',
      {
        'packages/testkit/package.json': manifest({ name: '@calve/testkit' }),
        'packages/testkit/README.md': '',
        'packages/testkit/src/index.ts': `import '@calve/format-csv';\n`,
      },
      'packages/testkit/src/index.ts:1 testkit builds on core only',
    ],
    [
      'a relative import leaves the package',
      { 'packages/format-csv/src/other.ts': `import '../../core/src/index.ts';\n` },
      'packages/format-csv/src/other.ts:1 "../../core/src/index.ts" leaves the package',
    ],
    [
      'shipped code imports what is for tests',
      {
        'packages/core/src/plan/plan.ts': `import './testing/table.ts';\n`,
        'packages/core/src/plan/testing/table.ts': `import 'vitest';\n`,
      },
      'packages/core/src/plan/plan.ts:1 "./testing/table.ts" is for tests only',
    ],
    [
      'something imports an example',
      { 'tools/x.ts': `import '../examples/01/quickstart.ts';\n` },
      'tools/x.ts:1 "../examples/01/quickstart.ts" imports an example',
    ],
    [
      'a relative import has no ending',
      { 'test/x.ts': `export * from './readers/readers';\n` },
      'test/x.ts:1 "./readers/readers" must end with .ts',
    ],
    [
      'an import is not declared',
      { 'packages/core/src/spec/spec.ts': `import 'left-pad/x';\n` },
      'packages/core/src/spec/spec.ts:1 imports "left-pad", which packages/core/package.json does not name in dependencies',
    ],
    [
      'a dependency is not imported',
      { 'packages/core/src/index.ts': 'export {};\n' },
      'packages/core/package.json names "zod", which no file in src imports',
    ],
    [
      'a development dependency is not imported',
      { 'packages/format-csv/test/conformance.test.ts': '' },
      'packages/format-csv/package.json names "@calve/testkit" in devDependencies',
    ],
    [
      'a package has no README',
      { 'packages/cli/package.json': manifest({ name: '@calve/cli' }) },
      'packages/cli/ has no README.md',
    ],
    ['a folder is a drawer', { 'packages/core/src/helpers/a.ts': '' }, 'packages/core/src/helpers "helpers" is a drawer'],
    [
      'a file is a drawer',
      { 'packages/core/src/spec/file-utils.ts': '' },
      'packages/core/src/spec/file-utils.ts "file-utils.ts" is a drawer',
    ],
    ['a file is long', { 'packages/core/src/spec/long.ts': '\n'.repeat(401) }, 'packages/core/src/spec/long.ts has 401 lines'],
    ['a test runs alone', { 'test/x.test.ts': `\n${silenced('only')}` }, 'test/x.test.ts:2 "it.only" leaves tests out'],
    [
      'a test is skipped',
      { 'test/x.test.ts': silenced('concurrent.skip') },
      'test/x.test.ts:1 "it.concurrent.skip" leaves tests out',
    ],
    ['a test is put off', { 'test/x.test.ts': silenced('todo') }, 'test/x.test.ts:1 "it.todo" leaves tests out'],
    [
      'a path of a machine',
      { 'docs/x.md': `see\nfile://${slash}root/x` },
      `docs/x.md:2 "${slash}root/" is a path of one machine`,
    ],
    [
      'a registry in the lock file',
      { 'pnpm-lock.yaml': `tarball: https://${['registry', 'npmjs', 'org'].join('.')}/a.tgz` },
      'pnpm-lock.yaml:1 "registry.',
    ],
  ])('%s', (_rule, change, expected) => {
    const found = findings(change);
    expect(found.filter((finding) => finding.startsWith(expected))).toHaveLength(1);
  });
});

it('lets a test be left out with a condition', () => {
  expect(findings({ 'test/x.test.ts': 'it.skipIf(true)("x", () => {}); describe.runIf(true)("y", () => {});' })).toEqual([]);
});
