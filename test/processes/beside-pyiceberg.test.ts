import { type ChildProcess, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { addFile, makeFolder } from './landing.ts';
import { type StartedWorker, startWorker } from './worker-process.ts';

const FILES = 12;
const MOST_FILES = 60;
const APPENDS = 3;
const ROWS_OF_A_FILE = 5;
const FILES_EVERY_MILLISECONDS = 150;
/** Where four quick writers leave PyIceberg no turn, files come ever less often: one that waits for its turn gets it. */
const SLOWER = 1.15;
const MOST_MILLISECONDS = 5000;

let folder: string;
let workers: StartedWorker[];
let readers: ChildProcess[];

beforeEach(async () => {
  folder = await makeFolder();
  workers = [];
  readers = [];
});
afterEach(async () => {
  for (const child of [...readers, ...workers.map((worker) => worker.child)]) child.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true });
});

/** Runs `foreign_appender.py` to its end and answers what it printed last. */
function pyIceberg<T>(onLines: (count: number) => void, ...words: string[]): Promise<T> {
  const script = join(import.meta.dirname, 'foreign_appender.py');
  const child = spawn(readersStatus().python.path ?? 'python3', [script, '--folder', folder, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  readers.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    onLines(output.split('\n').length - 1);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(output.trim().split('\n').at(-1) ?? '') as T) : reject(new TypeError(errors)),
    );
  });
}

describe.runIf(requireTier('python'))(
  'processes on one folder and one table, beside a PyIceberg that appends all the time',
  () => {
    it.each([
      [2, 'with leases'],
      [4, 'with leases'],
      [2, 'without leases'],
      [4, 'without leases'],
    ] as const)(
      '%i of them, %s: every row is there once, and those of the other are untouched',
      async (count, kind) => {
        const ours = await addFile(folder, 0, ROWS_OF_A_FILE);
        let appended = 0;
        const appending = pyIceberg<{ ids: number[]; lost: number }>((lines) => {
          appended = lines;
        });
        const options = ['--until-stop', ...(kind === 'with leases' ? [] : ['--without-leases'])];
        workers = Array.from({ length: count }, () => startWorker(folder, ...options));
        await Promise.race(workers.map((worker) => worker.said((line) => line.result?.outcome === 'committed')));
        // PyIceberg takes its time: files go on arriving until both were in each other's way.
        let pause = FILES_EVERY_MILLISECONDS;
        for (let file = 1; file < FILES || (appended < APPENDS && file < MOST_FILES); file += 1) {
          ours.push(...(await addFile(folder, file * ROWS_OF_A_FILE, ROWS_OF_A_FILE)));
          await new Promise((resolve) => setTimeout(resolve, pause));
          if (file >= FILES) pause = Math.min(MOST_MILLISECONDS, pause * SLOWER);
        }
        await writeFile(join(folder, 'stop'), '');
        const theirs = await appending;
        const ends = await Promise.all(workers.map(({ ended }) => ended));
        expect(ends.map(({ code, errors }) => [code, errors])).toEqual(Array(count).fill([0, '']));

        const { rows } = await pyIceberg<{ rows: [id: number, note: string][] }>(() => {}, '--count');
        const inTable = rows.map(([id, note]) => `${id} ${note}`).sort();
        const expected = [...ours.map((id) => `${id} note ${id}`), ...theirs.ids.map((id) => `${id} theirs ${id}`)].sort();
        expect(inTable).toEqual(expected);
        expect(theirs.ids.length).toBeGreaterThanOrEqual(3 * APPENDS);

        const lines = ends.flatMap((end) => end.lines);
        const commits = lines.filter(({ result }) => result?.outcome === 'committed').length;
        expect(commits).toBeGreaterThan(1);
        const failures = Object.entries(
          Object.groupBy(
            lines.filter(({ error }) => error),
            ({ error }) => error ?? '',
          ),
        );
        const told = failures.map(([code, found]) => `${code} ${found?.length}`).join(', ');
        process.stdout.write(
          `${count} processes ${kind}: ${ours.length} rows of ours in ${commits} runs, ${theirs.ids.length} of theirs (${theirs.lost} of their commits lost); ${told || 'no run failed'}\n`,
        );
        if (kind === 'with leases') expect(failures).toEqual([]);
      },
      900_000,
    );
  },
);
