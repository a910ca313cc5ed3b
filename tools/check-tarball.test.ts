import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkTarball } from './check-tarball.ts';
import { run } from './run-command.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-tarball-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const manifest = {
  name: '@calve/x',
  version: '1.0.0',
  license: 'Apache-2.0',
  description: 'x',
  keywords: ['x'],
  type: 'module',
  engines: { node: '>=24' },
  files: ['dist'],
  sideEffects: false,
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};
const files = {
  LICENSE: 'x',
  'README.md': 'x',
  'dist/index.js': 'export const x = 1;',
  'dist/index.d.ts': 'export declare const x: number;',
};

async function problemsOf(fields: object, content: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries({ ...content, 'package.json': JSON.stringify(fields) })) {
    mkdirSync(dirname(join(folder, 'package', path)), { recursive: true });
    writeFileSync(join(folder, 'package', path), text);
  }
  expect(run('tar', ['-czf', 'x.tgz', 'package'], {}, folder).ok).toBe(true);
  return await checkTarball(join(folder, 'x.tgz'));
}

it('finds nothing in a package that is complete', async () => {
  expect(await problemsOf(manifest, files)).toEqual([]);
});

it('finds what is missing and what is too much', async () => {
  const { keywords: _keywords, ...rest } = manifest;
  const { LICENSE: _license, ...content } = files;
  const problems = await problemsOf(
    { ...rest, dependencies: { y: 'workspace:*' } },
    { ...content, 'src/index.ts': 'export {};' },
  );
  expect(problems).toEqual(
    expect.arrayContaining([
      '@calve/x: package.json has no "keywords".',
      '@calve/x: LICENSE is not in the tarball.',
      '@calve/x: package.json still says "workspace:", which only this repository understands.',
      '@calve/x: src/index.ts is in the tarball; only what was built belongs there.',
    ]),
  );
});

it('finds with publint a file that is not what package.json says', async () => {
  const problems = await problemsOf(manifest, { ...files, 'dist/index.js': 'exports.x = 1;' });
  expect(problems).toEqual([expect.stringContaining('publint: ')]);
});

it('finds with Are The Types Wrong declarations that import what is not there', async () => {
  const problems = await problemsOf(manifest, { ...files, 'dist/index.d.ts': "export { x } from './gone.js';" });
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain('attw: {"kind":"InternalResolutionError"');
});
