import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvFormat } from '@calve/format-csv';
import { type AnyFormat, seededRandom } from '@calve/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { CSV_CASES, SPARK_CSV_CASES } from './csv-cases.ts';
import { readBack, writtenRows } from './read-back.ts';
import { tasksFor, type WriterCase, type WriterTask } from './writer-task.ts';

/** Of the random tables; `CALVE_WRITERS_SEED` gives the same ones again. */
const seed = Number(process.env['CALVE_WRITERS_SEED'] ?? randomInt(2 ** 31));
/** Tables per case. */
const ROUNDS = 2;

/** A format of these files: its plugin, and the cases of each tier. */
const FORMATS: Record<string, { plugin: AnyFormat; python: readonly WriterCase[]; java: readonly WriterCase[] }> = {
  csv: { plugin: csvFormat() as unknown as AnyFormat, python: CSV_CASES, java: SPARK_CSV_CASES },
};

const folder = mkdtempSync(join(tmpdir(), 'calve-writers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All files of a tier, written by one process. */
function writeAll(tasks: readonly WriterTask[], name: string): (string | null)[] {
  const plan = join(folder, `${name}.json`);
  writeFileSync(plan, JSON.stringify(tasks));
  const script = join(import.meta.dirname, 'write_files.py');
  const output = execFileSync(readersStatus().python.path as string, [script, plan], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', TZ: 'UTC', SPARK_LOCAL_DIRS: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answers = output.split('\n').filter((line) => line.startsWith('{"task"'));
  return answers.map((line) => (JSON.parse(line) as { error: string | null }).error);
}

for (const tier of ['python', 'java'] as const) {
  for (const [name, { plugin, [tier]: cases }] of Object.entries(FORMATS)) {
    describe.runIf(requireTier(tier))(`${name} files, which Calve reads back as they were meant`, () => {
      const random = seededRandom(seed);
      const rounds = Array.from({ length: ROUNDS }, () => cases);
      const tasks = rounds.flatMap((all, round) => tasksFor(all, `${folder}/${tier}-${name}-${round}`, random));
      let errors: (string | null)[] = [];

      beforeAll(() => {
        process.stdout.write(`Third-party writers, ${name}, tier ${tier}: CALVE_WRITERS_SEED=${seed}\n`);
        errors = writeAll(tasks, `${tier}-${name}`);
      });

      it.each(cases.map((one, at) => ({ ...one, at })))('$writer: $title', async ({ at, options, hints }) => {
        let compared = 0;
        for (let task = at; task < tasks.length; task += cases.length) {
          const written = tasks[task] as WriterTask;
          expect(errors[task]).toBeNull();
          const named = options['header'] === false ? { columns: written.columns.map(([column]) => column) } : {};
          for (const how of hints === null ? [{ ...options, ...named }] : [options, hints]) {
            const read = await readBack(written, { name, plugin, options: how });
            expect(read).toEqual({ rows: writtenRows(written), rejected: [] });
            compared += read.rows.length;
          }
        }
        expect(compared).toBeGreaterThan(0);
      });
    });
  }
}
