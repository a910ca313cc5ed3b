import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
let folder: string;

beforeEach(() => {
  mkdirSync(join(repository, 'node_modules', '.calve-tests'), { recursive: true });
  folder = mkdtempSync(join(repository, 'node_modules', '.calve-tests', 'require-tier-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a test file that needs Python on a machine that has none. */
function runWithoutPython(ci: string): { status: number | null; output: string } {
  const reason = 'there is no python3 on this machine';
  const status = { python: { path: null, reason }, java: { path: null, reason, jars: [] } };
  writeFileSync(join(folder, 'readers.json'), JSON.stringify(status));
  const needy = `
    import { describe, it } from 'vitest';
    import { requireTier } from ${JSON.stringify(join(import.meta.dirname, 'require-tier.ts'))};
    describe.runIf(requireTier('python'))('needs python', () => { it('reads', () => { throw new Error('must not run'); }); });
    it('needs nothing', () => {});`;
  writeFileSync(join(folder, 'vitest.config.ts'), `export default { test: { include: ['*.test.ts'], exclude: [] } };\n`);
  writeFileSync(join(folder, 'needy.test.ts'), needy);
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const result = spawnSync(process.execPath, [vitest, 'run', `--root=${folder}`], {
    encoding: 'utf8',
    env: { ...process.env, VITEST: undefined, NO_COLOR: '1', CI: ci, CALVE_CACHE: folder },
  });
  return { status: result.status, output: result.stdout + result.stderr };
}

it('leaves the tests out with the reason on screen where a person watches', () => {
  const { status, output } = runWithoutPython('');
  expect(output).toContain('Tier "python" is left out: there is no python3 on this machine.');
  expect(output).toMatch(/1 passed \| 1 skipped/);
  expect(status).toBe(0);
});

it('fails where CI is set', () => {
  const { status, output } = runWithoutPython('1');
  expect(output).toContain('needs the tier "python"');
  expect(output).toContain('Tier "python" is left out: there is no python3 on this machine.');
  expect(output).not.toContain('must not run');
  expect(status).toBe(1);
});
