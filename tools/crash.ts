// The show: for a minute, Calve and two writers with a list of done files are killed while they load files: `./dev crash`.
import { parseArgs } from 'node:util';
import { isWhole, type TortureResult, torture } from '../packages/testkit/src/torture/index.ts';
import { calveAdapter, naiveAdapter } from '../test/torture/adapters.ts';
import { LiveLine } from './live-line.ts';
import { openGround } from './torture-ground.ts';

const HELP = `Usage: ./dev crash [--seconds 60] [--seed <n>]

Loads files with Calve and, beside it, with two writers that keep a list of done files; kills all of them with kill -9 again and again, and counts the
rows with PyIceberg. Exit code 1: Calve has a row twice or not at all.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
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
  { adapter: calveAdapter(), title: 'Calve' },
  { adapter: naiveAdapter('commit-first'), title: 'naive, notes after the commit' },
  { adapter: naiveAdapter('note-first'), title: 'naive, notes before the commit' },
];
process.stdout.write(
  `kill -9, for ${seconds} s (seed ${seed}): a file arrives, a writer is started and killed, again and again; PyIceberg counts.\n`,
);
const line = new LiveLine();
const latest = new Map<string, Readonly<TortureResult>>();
const started = performance.now();
const results = await Promise.all(
  writers.map(({ adapter, title }) =>
    torture(adapter, {
      ...{ seed, seconds, folder: ground.folder, reader: ground.reader, signal: ground.signal },
      kills: Number.POSITIVE_INFINITY,
      // Rows are counted at the end of a lake: often, so that there is something to see.
      killsPerLake: 5,
      onProgress: (result) => {
        latest.set(title, result);
        line.show(liveText());
      },
    }),
  ),
);
line.end();
await ground[Symbol.asyncDispose]();
const width = Math.max(...writers.map(({ title }) => title.length));
for (const [place, result] of results.entries())
  process.stdout.write(`${writers[place]!.title.padEnd(width)}  ${countsText(result)}\n`);
for (const { what } of results[0]!.failures) process.stdout.write(`  ${what}\n`);
process.stdout.write(
  'What this shows: a list beside the table is a second write, and a crash between the two leaves rows twice or not at all; Calve announces its ' +
    'commit and puts the evidence into the commit of the rows, so the next start knows what happened.\n',
);
process.exitCode = isWhole(results[0]!) ? 0 : 1;

/** Fits a terminal of 80 characters: Calve, and both naive writers together. */
function liveText(): string {
  const [ours, ...naive] = writers.map(({ title }) => latest.get(title));
  const { kills = 0, batches = 0, duplicates = 0, lost = 0 } = ours ?? {};
  const sum = (of: 'duplicates' | 'lost'): number => naive.reduce((total, result) => total + (result?.[of] ?? 0), 0);
  const time = `${Math.round((performance.now() - started) / 1000)} s`;
  return `${time}  kills ${kills}, batches ${batches}, duplicates ${duplicates}, lost ${lost} | naive: ${sum('duplicates')} twice, ${sum('lost')} lost`;
}

function countsText({ kills, batches, rows, duplicates, lost, failures }: TortureResult): string {
  const failed = failures.length === 0 ? '' : `, ended badly ${failures.length}`;
  return `kills ${kills}, batches ${batches}, rows ${rows}, duplicates ${duplicates}, lost ${lost}${failed}`;
}
