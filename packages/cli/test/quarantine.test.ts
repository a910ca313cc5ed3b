import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

const GOOD = 'id,note\n1,a\n';
const LONG = `id,note\n2,${'x'.repeat(2000)}\n`;
const STRICT = ['run', 'landing', 'lake', '--limits', 'recordBytes=1KiB'];

describe('a quarantined file', () => {
  it('ends every run with 10 until somebody acts, and is named with its reason and what to do', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': GOOD, 'landing/long.csv': LONG });
    const first = await runMain(STRICT, folder.path);
    const second = await runMain(STRICT, folder.path);
    expect([first.code, second.code]).toEqual([10, 10]);
    expect(second.stdout).toBe(`Nothing new was loaded.
Not loaded: 1 file
  quarantined  long.csv  LIMIT_LINE
    long.csv: The record that begins in line 2 (byte 8) has 2,002 bytes, 1 KiB are allowed. Check the quotes and the line ends of the file. If such files are meant to be, raise --limits recordBytes=….
  quarantined: tried again once the file is replaced, or the limit that its message names is raised (--limits).
Which values are to blame, and what mends it: calve findings landing lake --limits recordBytes=1KiB
`);
    expect(first.stdout).toContain(second.stdout.slice(second.stdout.indexOf('Not loaded')));
    expect(second.stderr).toBe(`State: ${folder.at('lake/calve.db')}
Loaded already: 1 file
error UNITS_SET_ASIDE: 1 file stays in quarantine from an earlier run, unchanged since.
  What to do: replace or remove what is listed; or leave it out with --allow quarantined, and the exit code becomes 0.
`);
    expect((await runMain([...STRICT, '--allow', 'quarantined'], folder.path)).code).toBe(0);
  });

  it('is an end with 10 of plan and preview as well, with the reason', async () => {
    using folder = testFolder();
    folder.write({ 'landing/long.csv': LONG });
    await runMain(STRICT, folder.path);
    for (const command of ['plan', 'preview']) {
      const end = await runMain([command, ...STRICT.slice(1)], folder.path);
      expect(end.code, command).toBe(10);
      expect(command === 'plan' ? end.stderr : end.stdout, command).toContain('  quarantined  long.csv  LIMIT_LINE\n');
      expect((await runMain([command, ...STRICT.slice(1), '--allow', 'quarantined'], folder.path)).code, command).toBe(0);
    }
  });

  it('is told to programs beside what became of other files in this run', async () => {
    using folder = testFolder();
    folder.write({ 'landing/long.csv': LONG });
    await runMain(STRICT, folder.path);
    folder.write({ 'landing/a.csv': GOOD });
    const { run, error, exitCode } = JSON.parse((await runMain([...STRICT, '--json'], folder.path)).stdout);
    expect(run).toMatchObject({
      result: { outcome: 'committed' },
      setAside: [],
      quarantinedBefore: { count: 1, examples: [{ file: 'long.csv', state: 'quarantined', code: 'LIMIT_LINE' }] },
    });
    expect([error.code, exitCode]).toEqual(['UNITS_SET_ASIDE', 10]);
  });

  it('is loaded by each way out that the screen names: a higher limit, and another content', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': LONG, 'landing/b.csv': LONG.replaceAll('x', 'y') });
    const { stdout } = await runMain(STRICT, folder.path);
    const [, option] = /raise (--limits \w+=)…/.exec(stdout) ?? [];
    folder.write({ 'landing/b.csv': GOOD });
    const replaced = await runMain(STRICT, folder.path);
    expect(replaced.stdout).toContain('1 read = 1 written + 0 rejected (1 file,');
    expect(replaced.code).toBe(10);
    const raised = await runMain(['run', 'landing', 'lake', ...`${option}4KiB`.split(' ')], folder.path);
    expect(raised.stdout).toContain('1 read = 1 written + 0 rejected (1 file,');
    expect([raised.code, raised.stdout.includes('Not loaded')]).toEqual([0, false]);
    expect((await runMain(STRICT, folder.path)).stdout).toBe('Nothing new: every file is in the table already.\n');
  });
});
