import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkPackage } from './check-packages.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-package-'));
  mkdirSync(join(folder, 'dist'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(code: string, published: Record<string, unknown>): void {
  const shipped = { types: './dist/index.d.ts', default: './dist/index.js' };
  const manifest = { name: '@calve/x', type: 'module', exports: { '.': shipped }, publishConfig: { exports: published } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'dist', 'index.d.ts'), 'export {};');
  writeFileSync(join(folder, 'dist', 'index.js'), code);
}

const entries = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };

it('finds nothing in a package that is built and loads', () => {
  write('export const x = 1;', entries);
  expect(checkPackage(folder)).toEqual([]);
});

it('finds an entry without types', () => {
  write('export const x = 1;', entries);
  rmSync(join(folder, 'dist', 'index.d.ts'));
  expect(checkPackage(folder)).toEqual(['@calve/x: ./dist/index.d.ts is in exports, but is not there.']);
});

it('finds an entry that does not load', () => {
  write(`import 'a-package-that-nobody-has';`, entries);
  expect(checkPackage(folder)).toEqual([expect.stringContaining('ERR_MODULE_NOT_FOUND')]);
});

it('finds exports that are published differently', () => {
  write('export const x = 1;', { '.': entries['.'], './inner': entries['.'] });
  expect(checkPackage(folder)).toEqual(['@calve/x: publishConfig.exports has "./inner", exports has not.']);
});
