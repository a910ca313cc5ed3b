import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calveFromSources } from '../../bench/contestants/calve.ts';
import type { Contestant, MissingContestant } from '../../bench/contestants/contestant.ts';
import { pythonRival } from '../../bench/contestants/python.ts';
import { runWorkload } from '../../bench/measure/run-workload.ts';
import { recordPage } from '../../bench/report/record.ts';
import { chooseWorkloads } from '../../bench/workloads/workloads.ts';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';

// The bench as it is run, with few rows and one round: that all of it works, and that Calve and a rival write the same values. No figure is judged.

describe.runIf(requireTier('python'))('the bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calve-bench-test-'));
  let python: string;
  let contestants: (Contestant | MissingContestant)[];
  beforeAll(() => {
    python = readersStatus().python.path!;
    contestants = [calveFromSources(), pythonRival('pyiceberg', python)];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['csv-base', 'jsonl'])('%s: Calve and PyIceberg write the values of the files', (name) => {
    const [workload] = chooseWorkloads(0.001, [name]);
    const cache = join(folder, 'cache');
    const running = { python, threads: 1, patience: 600, rounds: 1, cache, folder, say: () => {} };
    const result = runWorkload(workload!, contestants, running);
    for (const { contestant, problem, values, runs } of result.outcomes) {
      expect({ contestant, problem, values }).toEqual({ contestant, problem: null, values: result.values });
      expect(runs[0]).toMatchObject({ hung: false, problem: null });
      expect(runs[0]?.cpuSeconds).toBeGreaterThan(0);
      expect(runs[0]?.peakBytes).toBeGreaterThan(0);
    }
    const machine = { cores: 2, processor: 'a processor', memoryGigabytes: 4, system: 'a system', node: '24.0.0', commit: 'abc' };
    const page = recordPage({
      ...{ command: './dev bench', started: new Date(0), machine, loadBefore: 0, loadAfter: 0, scale: 0.001, rounds: 1 },
      ...{ threads: 1, contestants, results: [result], profiles: new Map() },
    });
    expect(page).toContain(`| = ${result.values} |`);
  });
});
