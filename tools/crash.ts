// The show: for a minute, Calve and two writers with a list of done files are killed while they load files: `./dev crash`.
import { CalveError } from '../packages/core/src/errors/calve-error.ts';
import { isWhole, type TortureAdapter, type TortureResult, torture } from '../packages/testkit/src/torture/index.ts';
import { calveAdapter, naiveAdapter } from '../test/torture/adapters.ts';
import { commandOptions } from './command-options.ts';
import { LiveLine } from './live-line.ts';
import { openGround, type TortureGround } from './torture-ground.ts';

const HELP = `Usage: ./dev crash [--seconds 60] [--seed <n>]

Loads files with Calve and, beside it, with two writers that keep a list of done files; kills all of them with kill -9 again and again, and counts the
rows with PyIceberg. The table at the end goes to stdout, ready to be pasted; progress goes to stderr.

  --seconds <n>  no further kill begins after so many, default 60
  --seed <n>     repeats a run, as near as two runs of real processes can be

Exit code 1: Calve has a row twice or not at all, or did not end well. 2: it cannot run.
`;

/** Each one is a commit, so that most kills come in the middle of several. */
const FILES_PER_START = 4;

const values = commandOptions(HELP, {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string' },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write(`--seconds and --seed want numbers.\n\n${HELP}`);
  process.exit(2);
}
const ground = openGround();
if (typeof ground === 'string') {
  process.stderr.write(`PyIceberg, which counts the rows, is not here: ${ground}.\n`);
  process.exit(2);
}

const writers = [
  { adapter: calveAdapter(1), title: 'Calve' },
  { adapter: naiveAdapter('commit-first'), title: 'naive: commit, then note' },
  { adapter: naiveAdapter('note-first'), title: 'naive: note, then commit' },
];
process.stderr.write(
  `kill -9 for ${seconds} s: ${FILES_PER_START} files arrive, a writer is started, adds them one by one and is killed, again and again. PyIceberg counts the rows.\n` +
    'The naive writers keep a list of done files beside the table, as people write them. Two starts of each without a kill come first.\n',
);
const line = new LiveLine();
const latest = new Map<string, Readonly<TortureResult>>();
const started = performance.now();
const broken = new AbortController();
const runs = writers.map(({ adapter, title }) => watched(adapter, title));
const results = await Promise.all(runs).catch(cannotRun);
line.end();
await ground[Symbol.asyncDispose]();
const [ours] = results;
if (ours) {
  process.stdout.write(`${tableText(results)}\n`);
  for (const { what } of ours.failures) process.stderr.write(`  ${what}\n`);
  process.stderr.write(
    'Why: a list beside the table is a second write, and a crash between the two leaves rows twice or not at all. Calve puts the note about\n' +
      'the files into the very commit of their rows, and asks the table at the next start. docs/architecture/exactly-once.md\n',
  );
  if (ours.kills === 0)
    process.stderr.write('Nobody was killed in so short a time: this says nothing. Give it more --seconds.\n');
  if (ground.signal.aborted) process.stderr.write('Broken off: what stands here is not the whole run.\n');
  process.exitCode = ours.kills === 0 ? 2 : isWhole(ours) ? 0 : 1;
}

async function watched(adapter: TortureAdapter, title: string): Promise<TortureResult> {
  const { folder, reader, signal } = ground as TortureGround;
  return torture(adapter, {
    ...{ seed, seconds, folder, reader, signal: AbortSignal.any([signal, broken.signal]) },
    kills: Number.POSITIVE_INFINITY,
    filesPerStart: FILES_PER_START,
    // Rows are counted at the end of a lake: often, so that there is something to see.
    killsPerLake: 5,
    onProgress: (result) => {
      latest.set(title, result);
      line.show(liveText());
    },
  });
}

/** A writer that does not even load files when nobody kills it. */
async function cannotRun(error: unknown): Promise<TortureResult[]> {
  if (!CalveError.is(error)) throw error;
  broken.abort();
  await Promise.allSettled(runs);
  line.end();
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
  return [];
}

/** Reads as a table in a terminal, in a chat and in Markdown. */
function tableText(all: readonly TortureResult[]): string {
  const head = [`kill -9 for ${seconds} s`, 'kills', 'batches', 'duplicates', 'lost'];
  const rows = all.map((result, place) => [
    writers[place]?.title ?? '',
    ...[result.kills, result.batches, result.duplicates, result.lost].map((count) => count.toLocaleString('en-US')),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const lineText = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const legend = `duplicates and lost are rows, of 8 in each batch, counted by PyIceberg; seed ${seed}`;
  return [lineText(head), rule, ...rows.map(lineText), legend].join('\n');
}

/** Fits a terminal of 80 characters: Calve, and both naive writers together. */
function liveText(): string {
  const [ours, ...naive] = writers.map(({ title }) => latest.get(title));
  const { kills = 0, batches = 0, duplicates = 0, lost = 0 } = ours ?? {};
  const sum = (of: 'duplicates' | 'lost'): number => naive.reduce((total, result) => total + (result?.[of] ?? 0), 0);
  const time = `${Math.round((performance.now() - started) / 1000)} s`;
  return `${time}  kills ${kills}, batches ${batches}, duplicates ${duplicates}, lost ${lost} | naive: ${sum('duplicates')} twice, ${sum('lost')} lost`;
}
