// What a change costs or saves: two commits by turns in one run, compared by their CPU seconds.
// `./dev node bench/regress.ts <commit> <commit>`; `.` is the work tree with its changes.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { calveAtCommit } from './contestants/commit.ts';
import { preparePython } from './contestants/python.ts';
import { type Running, runWorkload } from './measure/run-workload.ts';
import { comparisonTable, roundRatios } from './report/comparison.ts';
import { median } from './report/figures.ts';
import { chooseWorkloads } from './workloads/workloads.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: 'csv-base,csv-quoted,jsonl,small-10k,cold-1mb' },
    scale: { type: 'string', default: '0.1' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    // Slower than this by the median of the rounds is a failure.
    limit: { type: 'string', default: '1.1' },
  },
});
const [before, after] = positionals;
if (before === undefined || after === undefined || positionals.length > 2) {
  process.stderr.write(
    'Usage: ./dev node bench/regress.ts <commit> <commit> [--only names] [--scale 0.1] [--rounds 5] [--threads 1] [--limit 1.1]\n',
  );
  process.exit(2);
}

const cache = join(cacheFolder(), 'bench');
mkdirSync(cache, { recursive: true });
const trees = mkdtempSync(join(tmpdir(), 'calve-regress-'));
const folder = mkdtempSync(join(cache, 'run-'));
try {
  const contestants = [await calveAtCommit('before', before, trees), await calveAtCommit('after', after, trees)];
  const running: Running = {
    python: preparePython(cache),
    threads: Number(values.threads),
    rounds: Number(values.rounds),
    patience: 900,
    cache,
    folder,
    say: (text) => void process.stderr.write(`${text}\n`),
  };
  const names = values.only.split(',').filter((name) => name !== '');
  const results = chooseWorkloads(Number(values.scale), names).map((workload) => {
    const result = runWorkload(workload, contestants, running);
    result.clear();
    return result;
  });
  process.stdout.write(`\nbefore: ${contestants[0]?.title}\nafter:  ${contestants[1]?.title}\n\n${comparisonTable(results)}\n`);
  const failed = results.filter((result) => {
    const ratios = roundRatios(result);
    return ratios === null || median(ratios) > Number(values.limit);
  });
  for (const { workload } of failed) process.stdout.write(`${workload.name}: more than ${values.limit} times, or no figure.\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  for (const each of [trees, folder]) rmSync(each, { recursive: true, force: true });
}
