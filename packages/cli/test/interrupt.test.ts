import type { ChildProcess } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type TestFolder, testFolder } from './run-calve.ts';

const FILES = 12;
const ROWS = 50;

/** One commit for each file, so that a run can be stopped between two commits. */
const words = ['run', 'landing', 'lake', '--limits', 'maxUnitsPerBatch=1'];

function writeLanding(folder: TestFolder): void {
  const rows = (file: number) => Array.from({ length: ROWS }, (_, row) => `${file * ROWS + row}\n`).join('');
  folder.write(Object.fromEntries(Array.from({ length: FILES }, (_, file) => [`landing/${file}.csv`, `id\n${rows(file)}`])));
}

const COMMITTED = 'Committed so far: ';
/** The CLI waits there: however late a signal comes, it comes at this place of the run. */
const holdThere = (folder: TestFolder) => ({
  env: {
    NODE_OPTIONS: `--import=${new URL('./hold-at-words.ts', import.meta.url).href}`,
    CALVE_TEST_HOLD_AT: COMMITTED,
    CALVE_TEST_GO_ON: folder.at('go-on'),
  },
});
/** Sends a signal to a CLI that waits there, and lets it go on. */
const signalThere = (folder: TestFolder, child: ChildProcess, signal: NodeJS.Signals): void => {
  child.kill(signal);
  folder.write({ 'go-on': '' });
};

/** Does something once, as soon as the CLI has said this. */
function when(said: string, then: (child: ChildProcess) => void): (child: ChildProcess) => void {
  return (child) => {
    let heard = '';
    let isDone = false;
    child.stderr?.on('data', (text: string) => {
      heard += text;
      if (isDone || !heard.includes(said)) return;
      isDone = true;
      then(child);
    });
  };
}

async function expectEverythingOnce(folder: TestFolder): Promise<void> {
  const resumed = await folder.calve(words);
  expect([resumed.code, resumed.signal]).toEqual([0, null]);
  const head = await folder.calve(['head', 'lake', '--rows', '5000', '--json']);
  const ids = (JSON.parse(head.stdout).rows.rows as { id: string | number }[]).map(({ id }) => Number(id));
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: FILES * ROWS }, (_, id) => id));
}

describe('a run that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends cleanly at the first %s, says what is committed, and goes on in the next run',
    async (signal) => {
      using folder = testFolder();
      writeLanding(folder);
      const end = await folder.calve(words, {
        ...holdThere(folder),
        onStart: when(COMMITTED, (child) => signalThere(folder, child, signal)),
      });
      expect([end.code, end.signal]).toEqual([130, null]);
      expect(end.stderr).toContain('Stopping: what is under way is brought to a safe end. Ctrl-C again stops at once.');
      expect(end.stderr).not.toContain('\n\n');
      expect(end.stderr).toMatch(/^stopped CANCELLED: what was committed before \(\d+ files?\) stays\.$/m);
      expect(end.stderr).toContain('run the same command again; it goes on where this one ended');
      const [, committed] = /^Committed to default\.landing: .*\((\d+) files?,/m.exec(end.stdout) ?? [];
      expect(Number(committed)).toBeGreaterThan(0);
      expect(Number(committed)).toBeLessThan(FILES);
      await expectEverythingOnce(folder);
    },
  );

  it('stops at once at the second one, and loses nothing', async () => {
    using folder = testFolder();
    writeLanding(folder);
    const twice = (child: ChildProcess): void => {
      signalThere(folder, child, 'SIGINT');
      child.stderr?.once('data', () => child.kill('SIGINT'));
    };
    const end = await folder.calve(words, { ...holdThere(folder), onStart: when(COMMITTED, twice) });
    expect([end.code, end.signal]).toEqual([130, null]);
    await expectEverythingOnce(folder);
  });

  it('says that nothing was committed when it only waited', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(folder.at('landing/a.csv'), later, later);
    const end = await folder.calve(['run', 'landing', 'lake', '--json'], {
      onStart: when('Waiting for files that may still be written', (child) => child.kill('SIGINT')),
    });
    expect(end.stderr).toContain('stopped CANCELLED: nothing was committed.');
    expect(JSON.parse(end.stdout)).toMatchObject({ command: 'run', exitCode: 130, error: { code: 'CANCELLED' } });
    expect(end.code).toBe(130);
  });
});
