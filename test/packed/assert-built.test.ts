import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingFiles } from '../../tools/assert-built.ts';
import { run } from '../../tools/run-command.ts';

const repository = join(import.meta.dirname, '..', '..');
const names = readdirSync(join(repository, 'packages'));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-unbuilt-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a package that is not built', () => {
  it.each(names)('%s is not packed', (name) => {
    const text = readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8');
    expect(JSON.parse(text).scripts.prepack).toBe('node ../../tools/assert-built.ts');
    cpSync(join(repository, 'packages', name, 'package.json'), join(folder, 'package.json'));
    expect(missingFiles(folder)).toEqual(expect.arrayContaining(['./dist/index.js', './dist/index.d.ts']));
  });

  it('says what to type, and fails', () => {
    const { ok, stderr } = run(process.execPath, [join(repository, 'tools', 'assert-built.ts')], {}, folder);
    expect(ok).toBe(false);
    expect(stderr).toMatch(/is not built: .* is missing, so nothing was packed\.\nRun \.\/dev pack <folder>/);
  });
});

it('./dev pack without a folder says how it is used', () => {
  const tool = join(repository, 'tools', 'pack.ts');
  expect(run(process.execPath, ['--conditions=calve-source', tool], {}, folder)).toMatchObject({
    ok: false,
    stderr: 'Usage: ./dev pack <folder>\n',
  });
});
