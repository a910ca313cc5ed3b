import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

/** What a terminal still shows when everything was written: a line that was erased is gone. */
function left(written: string): string {
  return written
    .split('\n')
    .map((line) => line.split('\r\u001b[2K').at(-1))
    .join('\n');
}

describe('on a terminal', () => {
  it.each([
    ['plan', 'Looking at the files of landing …'],
    ['preview', 'Looking at the files of landing …'],
    ['run', 'Looking at the files of landing …'],
  ])('calve %s says at once what it does, and leaves nothing of it behind', async (command, words) => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const terminal = await runMain([command, 'landing', 'lake'], folder.path, { isTTY: true });
    expect(terminal.stderr.startsWith(`\r\u001b[2K${words}`)).toBe(true);
    expect(left(terminal.stderr)).not.toContain('…');
    expect(left(terminal.stderr)).not.toContain('%');
    expect(terminal.stderr.endsWith('\r\u001b[2K') || terminal.stderr.endsWith('\n')).toBe(true);
    const pipe = await runMain([command, 'landing', 'other'], folder.path);
    for (const trace of ['\r', '\u001b', 'Looking']) expect(pipe.stderr).not.toContain(trace);
    expect(left(terminal.stderr).replaceAll('lake', 'other')).toBe(pipe.stderr);
    expect(pipe.code).toBe(0);
  });

  it('takes the line away before an error', async () => {
    using folder = testFolder();
    const end = await runMain(['run', 'landing', 'lake'], folder.path, { isTTY: true });
    expect(left(end.stderr)).toMatch(/^State: .*\nerror SOURCE_NOT_FOUND: .*\n {2}What to do: name a folder or file that exists/);
  });
});

describe('a run over many files', () => {
  it('groups what is true of many of them', async () => {
    using folder = testFolder();
    const files = Array.from({ length: 12 }, (_, at) => [
      `landing/${at}.csv`,
      // A byte that no encoding of the West has: nothing could be decided about it.
      Buffer.from(`id,name\n${at},M\u0081ller\n`, 'latin1'),
    ]);
    folder.write(Object.fromEntries(files));
    const { stderr, code } = await runMain(['run', 'landing', 'lake'], folder.path);
    expect(stderr.match(/FORMAT_DETECTED/g)).toHaveLength(1);
    expect(stderr).toContain('note FORMAT_DETECTED  in 12 files, first: 0.csv: read as csv');
    expect(stderr.match(/TEXT_MALFORMED/g)).toHaveLength(1);
    expect(stderr).toContain('warning TEXT_MALFORMED  in 12 files, first: 0.csv');
    expect(code).toBe(0);
    const { run } = JSON.parse((await runMain(['run', 'landing', 'other', '--json'], folder.path)).stdout);
    const codes = (run.findings as { code: string }[]).map((finding) => finding.code);
    expect(codes.filter((name) => name === 'FORMAT_DETECTED' || name === 'TEXT_MALFORMED')).toHaveLength(24);
  });
});
