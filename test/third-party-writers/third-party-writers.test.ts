import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { type AnyFormat, seededRandom } from '@calve/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { CSV_CASES, SPARK_CSV_CASES } from './csv-cases.ts';
import { JSON_CASES, SPARK_JSON_CASES } from './json-cases.ts';
import { readBack, writtenRows } from './read-back.ts';
import { tasksFor, type WriterCase, type WriterTask } from './writer-task.ts';

/** Of the random tables; `CALVE_WRITERS_SEED` gives the same ones again. */
const seed = Number(process.env['CALVE_WRITERS_SEED'] ?? randomInt(2 ** 31));
/** Tables per case. */
const ROUNDS = 2;

/** A format of these files: its plugin, and the cases of each tier. */
const FORMATS: Record<string, { plugin: AnyFormat; python: readonly WriterCase[]; java: readonly WriterCase[] }> = {
  csv: { plugin: csvFormat() as unknown as AnyFormat, python: CSV_CASES, java: SPARK_CSV_CASES },
  json: { plugin: jsonFormat() as unknown as AnyFormat, python: JSON_CASES, java: SPARK_JSON_CASES },
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
    env: { ...process.env, TZ: 'UTC', SPARK_LOCAL_DIRS: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answers = output.split('\n').filter((line) => line.startsWith('{"task"'));
  return answers.map((line) => (JSON.parse(line) as { error: string | null }).error);
}

// One process per tier writes the files of every format: pandas and Spark are slow to start.
for (const tier of ['python', 'java'] as const) {
  describe.runIf(requireTier(tier))(`tier ${tier}`, () => {
    const random = seededRandom(seed);
    const formats = Object.entries(FORMATS).map(([name, { plugin, [tier]: cases }]) => {
      const rounds = Array.from({ length: ROUNDS }, (_, round) => tasksFor(cases, `${folder}/${tier}-${name}-${round}`, random));
      return { name, plugin, cases, rounds };
    });
    const tasks = formats.flatMap(({ rounds }) => rounds.flat());
    let errors = new Map<WriterTask, string | null>();

    beforeAll(() => {
      process.stdout.write(`Third-party writers, tier ${tier}: CALVE_WRITERS_SEED=${seed}\n`);
      const answers = writeAll(tasks, tier);
      errors = new Map(tasks.map((task, at) => [task, answers[at] === undefined ? 'not written' : answers[at]]));
    });

    describe.each(formats)('$name files, which Calve reads back as they were meant', ({ name, plugin, cases, rounds }) => {
      it.each(cases.map((one, at) => ({ ...one, at })))('$writer: $title', async ({ at, options, hints, readings }) => {
        let compared = 0;
        for (const round of rounds) {
          const written = round[at] as WriterTask;
          expect(errors.get(written)).toBeNull();
          const named = options['header'] === false ? { columns: written.columns.map(([column]) => column) } : {};
          for (const how of hints === null ? [{ ...options, ...named }] : [options, hints]) {
            const read = await readBack(written, { name, plugin, options: how }, readings);
            expect(read).toEqual({ rows: writtenRows(written), rejected: [] });
            compared += read.rows.length;
          }
        }
        expect(compared).toBeGreaterThan(0);
      });
    });
  });
}
