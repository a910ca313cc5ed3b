import { writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { placesTable, type TortureResult, tortureTable } from '../packages/testkit/src/torture/index.ts';

/** Replaced as a whole by each run with `--record`. */
const recordFile = join(import.meta.dirname, '..', 'docs', 'benchmark-results', 'torture.md');

/**
 * Writes what a run of `./dev torture` found to `docs/benchmark-results/torture.md`.
 *
 * @param command Repeats the run.
 */
export function recordTorture(results: readonly TortureResult[], fileSystem: string, command: string): void {
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, ${platform()} ${arch()}, ${fileSystem}`;
  const ours = results.find(({ adapter }) => adapter === 'calve');
  const failures = results.flatMap(({ adapter, failures: own }) =>
    own.length === 0 ? [] : [`- ${adapter}, ${own.length} times; the first: \`${firstWords(own[0]!.what)}\``],
  );
  const lines = [
    '# Torture',
    '',
    `Written by \`${command}\`. ${date}; ${machine}; load ${loadavg()[0]?.toFixed(1)} when it ended.`,
    '',
    'Files of 8 records arrive one by one; after each the writer is started and killed with SIGKILL, about half of the time at a step that it names, half',
    'of it at a random moment of its work. Each lake gets 3 to 20 kills; then the writer is left alone until it has nothing to do, and PyIceberg counts.',
    'Duplicates are rows beyond one per record, lost are records without a row, failures are processes that ended badly although nobody killed them.',
    '',
    tortureTable(results),
    '',
    'What the others are: `naive` appends each file with our own sink and then notes it in a list of done files; `naive-note-first` notes it before',
    'the commit; `pyiceberg` is `naive` with PyIceberg; `dlt` is its filesystem source with an incremental modification date and its filesystem',
    'destination with Iceberg tables. They are told to die at their steps as Calve is, one of which is right after their commit.',
    ...(failures.length > 0 ? ['', 'Failures:', '', ...failures] : []),
    ...(ours ? ['', '## Where the kills of Calve fell', '', placesTable(ours)] : []),
  ];
  writeFileSync(recordFile, `${lines.join('\n')}\n`);
}

function firstWords(text: string): string {
  return text
    .replaceAll('`', "'")
    .replaceAll(/\/\S*\//g, '…/')
    .slice(0, 300);
}
