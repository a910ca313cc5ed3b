import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';

const cli = fileURLToPath(new URL('../', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = new URL('../src/', import.meta.url).href;

it('an older Node is told in one line what it lacks, before anything is loaded that it could not parse', () => {
  using folder = testFolder();
  const preload = new URL('./pretend-old-node.ts', import.meta.url).href;
  const words = ['--conditions=calve-source', `--import=${preload}`, `${cli}src/calve.ts`, 'run', 'landing', 'lake'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', CALVE_TEST_LOADED: folder.at('loaded.json') },
  });
  expect(stderr).toMatch(/^calve needs Node 24 or newer; this is Node 20\.19\.2\. .*\n$/);
  expect([status, stdout]).toEqual([1, '']);
  const loaded = JSON.parse(readFileSync(folder.at('loaded.json'), 'utf8')) as string[];
  expect(loaded.toSorted()).toEqual([`${sources}calve.ts`, `${sources}node-version.ts`]);
});

it('the built program asks for the version in a file that imports nothing of its own', () => {
  using folder = testFolder();
  const words = [`${root}node_modules/tsup/dist/cli-default.js`, '--no-dts', '--silent', '--out-dir', folder.at('dist')];
  execFileSync(process.execPath, words, { cwd: cli, stdio: 'pipe' });
  const program = readFileSync(folder.at('dist/calve.js'), 'utf8');
  expect(program).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(program).toContain('needs Node');
  const imported = [...program.matchAll(/^import\b.*?["']([^"']+)["'];$/gm)].map(([, name]) => name);
  expect(imported).toEqual(['node:v8']);
  expect(program).toMatch(/await import\(["']\.\/start-/);
});
