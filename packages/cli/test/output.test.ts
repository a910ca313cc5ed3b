import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('what calve writes', () => {
  it('ends quietly, as it would have, when nobody reads on', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': `id\n${'1\n'.repeat(50)}` });
    const run = await folder.calve(['run', 'landing', 'lake'], { onStart: (child) => child.stdout?.destroy() });
    expect([run.code, run.signal]).toEqual([0, null]);
    expect(run.stderr).not.toMatch(/EPIPE|defect/);
    const deaf = await folder.calve(['head', 'lake'], { onStart: (child) => child.stderr?.destroy() });
    expect([deaf.code, deaf.signal]).toEqual([0, null]);
    expect(deaf.stdout).toContain('int64');
  });

  it('shows no control character of a file name or a cell', async () => {
    using folder = testFolder();
    folder.write({
      'landing/\u001b[31mred\n.csv': 'id,amount\n1,2.5\n',
      'landing/\u0007bell.csv': Buffer.from('89504e470d0a1a0a0000', 'hex'),
    });
    const end = await folder.calve(['run', 'landing', 'lake']);
    const plan = await folder.calve(['plan', 'landing', 'lake']);
    expect(end.stdout).toContain('\\u0007bell.csv');
    for (const text of [end.stdout, end.stderr, plan.stdout, plan.stderr]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  it('is a help on stdout, and a version', async () => {
    using folder = testFolder();
    const help = await folder.calve(['--help']);
    expect(help.stdout).toContain('Usage: calve run <landing> <lake>');
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect((await folder.calve(['apply', '--help'])).stdout).toContain('Usage: calve apply <plan.json> <lake>');
    expect((await folder.calve(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const none = await folder.calve([]);
    expect([none.code, none.stdout]).toEqual([30, '']);
    expect(none.stderr).toContain('calve --help tells more');
  });
});

describe('./dev calve', () => {
  it('runs from a checkout, with the paths of the caller', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n2\n' });
    const output = execFileSync(`${root}dev`, ['calve', 'run', './landing', './lake', '--json'], {
      cwd: folder.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(JSON.parse(output)).toMatchObject({
      exitCode: 0,
      run: { state: folder.at('lake/calve.db'), table: 'default.landing' },
    });
    const shown = execFileSync(`${root}dev`, ['calve', 'run', './landing', './other'], {
      cwd: folder.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(shown).toContain(`\n  ${root}dev calve head ./other --table default.landing\n`);
  });
});
