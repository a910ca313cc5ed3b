import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..');
let folder: string;

beforeEach(() => {
  // Inside the repository, so that vitest is found; in a folder that version control ignores.
  mkdirSync(join(repository, 'node_modules', '.calve-tests'), { recursive: true });
  folder = mkdtempSync(join(repository, 'node_modules', '.calve-tests', 'closing-line-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs vitest on one test file as `./dev test` does. */
function runTests(code: string): { status: number | null; lastLine: string | undefined } {
  writeFileSync(join(folder, 'vitest.config.ts'), `export default { test: { include: ['*.test.ts'], exclude: [] } };\n`);
  writeFileSync(join(folder, 'x.test.ts'), `import { describe, expect, it } from 'vitest';\n${code}\n`);
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = join(import.meta.dirname, 'closing-line.ts');
  const result = spawnSync(
    process.execPath,
    [vitest, 'run', `--root=${folder}`, '--reporter=default', `--reporter=${reporter}`],
    { encoding: 'utf8', env: { ...process.env, VITEST: undefined, NO_COLOR: '1' } },
  );
  return { status: result.status, lastLine: result.stdout.trimEnd().split('\n').at(-1) };
}

it('counts tests that passed and tests that were left out', () => {
  const code = `it('a', () => {}); it('b', () => {}); it.skipIf(true)('c', () => {});`;
  expect(runTests(code)).toEqual({ status: 0, lastLine: '2 passed, 0 failed, 1 skipped' });
});

it('fails when a test fails', () => {
  expect(runTests(`it('a', () => {}); it('b', () => expect(1).toBe(2));`)).toEqual({
    status: 1,
    lastLine: '1 passed, 1 failed, 0 skipped',
  });
});

it('fails when a file cannot be loaded', () => {
  expect(runTests(`it('a', () => {}); throw new Error('no');`)).toEqual({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
});

it('fails when the preparation of a group fails', () => {
  const code = `import { beforeAll } from 'vitest'; describe('g', () => { beforeAll(() => { throw new Error('no'); }); it('a', () => {}); });`;
  expect(runTests(code)).toMatchObject({ status: 1, lastLine: expect.stringMatching(/^0 passed, [12] failed/) });
});

it('fails on a rejection that nobody handled', () => {
  const code = `it('a', async () => { void Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 20)); });`;
  expect(runTests(code)).toEqual({ status: 1, lastLine: '1 passed, 1 failed, 0 skipped' });
});

it('fails when no test was executed', () => {
  expect(runTests(`it.skipIf(true)('a', () => {});`)).toEqual({ status: 1, lastLine: '0 passed, 0 failed, 1 skipped' });
});
