// Kills writers of Iceberg tables with SIGKILL while they load files, and counts their rows with PyIceberg: `./dev torture --help`.
import { CalveError } from '../packages/core/src/errors/calve-error.ts';
import {
  isWhole,
  placesTable,
  type TortureAdapter,
  type TortureOptions,
  type TortureResult,
  torture,
  tortureTable,
} from '../packages/testkit/src/torture/index.ts';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { calveAdapter, dltAdapter, naiveAdapter, pyIcebergAdapter } from '../test/torture/adapters.ts';
import { commandOptions } from './command-options.ts';
import { LiveLine } from './live-line.ts';
import { prepareDlt } from './prepare-dlt.ts';
import { TierMissing } from './python-environment.ts';
import { openGround, type TortureGround } from './torture-ground.ts';
import { recordTorture } from './torture-record.ts';

const HELP = `Usage: ./dev torture [options]

Lets files arrive one by one, starts a writer after each and kills it with kill -9, at the steps that it names and at random times; in the end it is
left alone, and PyIceberg counts the rows: each record must be there once.

  --kills <n>         how many processes are killed, default 300
  --seed <n>          repeats a run: the same steps, the same shares of time
  --adapter <names>   calve (default), naive, naive-note-first, pyiceberg, dlt; several with commas, with kills of their own as in dlt:30.
                      dlt is fetched from PyPI when it is first asked for
  --command <line>    any other program, by a line for sh that loads what is new in {landing} into a table in {lake} and ends with 0;
                      a start that finds nothing new must change no file in {lake}; it may keep things in {state}. What arrives are
                      CSV files of 8 records with the columns id, ordered_at, note
    --table <name>      its table, default sales.orders        --column <name>   its column of ids, default id
    --catalog <k=v>     properties of its catalog for PyIceberg's load_catalog, once each; default
                        uri=sqlite:///{lake}/catalog.db, warehouse=file://{lake}/warehouse and the name calve (name=… for another)
    --table-folder <p>  where there is no catalog: the folder of the table, such as {lake}/sales/orders
  --lanes <n>         lakes at the same time, default 2
  --record            writes the results to docs/benchmark-results/torture.md; not with --command
  --json              one JSON document

Exit code 1: Calve, or the program of --command, has rows twice or not at all, or did not end well. 2: it cannot run.
`;

const values = commandOptions(HELP, {
  kills: { type: 'string', default: '300' },
  seed: { type: 'string' },
  adapter: { type: 'string', default: 'calve' },
  command: { type: 'string' },
  table: { type: 'string', default: 'sales.orders' },
  column: { type: 'string', default: 'id' },
  catalog: { type: 'string', multiple: true },
  'table-folder': { type: 'string' },
  lanes: { type: 'string', default: '2' },
  record: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});

const known: Record<string, () => TortureAdapter> = {
  calve: () => calveAdapter(),
  naive: () => naiveAdapter('commit-first'),
  'naive-note-first': () => naiveAdapter('note-first'),
  pyiceberg: pyIcebergAdapter,
  dlt: () => {
    prepareDlt(cacheFolder());
    return dltAdapter();
  },
};
/** Those that are asked to be whole. */
const judged = new Set(['calve', 'command']);

function commandAdapter(command: string): TortureAdapter {
  const { table, column, catalog, 'table-folder': folder } = values;
  const properties = catalog
    ? Object.fromEntries(catalog.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const))
    : { uri: 'sqlite:///{lake}/catalog.db', warehouse: 'file://{lake}/warehouse' };
  return {
    name: 'command',
    command,
    tables: [folder ? { kind: 'folder', folder, column } : { kind: 'catalog', properties, table, column }],
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) fail(`--${name} wants a whole number, not "${text}".`);
  return Number(text);
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** The adapters that were asked for, each with its kills. */
function wanted(): [TortureAdapter, number][] {
  if (values.record && values.command !== undefined) fail('--record is for the adapters of this repository, not for --command.');
  const kills = wholeNumber('kills', values.kills);
  if (values.command !== undefined) return [[commandAdapter(values.command), kills]];
  return values.adapter.split(',').map((text) => {
    const [name = '', own] = text.split(':');
    const make = known[name];
    if (!make) fail(`There is no adapter "${name}"; there are ${Object.keys(known).join(', ')}.`);
    return [make(), own === undefined ? kills : wholeNumber('adapter', own)];
  });
}

/** The command that repeats what happened to one adapter. */
function repeatCommand({ adapter, seed }: TortureResult, kills: number): string {
  const what = adapter === 'command' ? commandWords() : `--adapter ${adapter}`;
  return `./dev torture ${what} --kills ${kills} --seed ${seed} --lanes ${values.lanes}`;
}

/** The options of `--command`, as they were typed. */
function commandWords(): string {
  const { command = '', table, column, catalog = [], 'table-folder': folder } = values;
  const words = [
    ['command', command],
    ['table', table],
    ['column', column],
    ...catalog.map((pair) => ['catalog', pair] as const),
    ...(folder === undefined ? [] : [['table-folder', folder] as const]),
  ];
  return words.map(([name, text = '']) => `--${name} '${text.replaceAll("'", `'\\''`)}'`).join(' ');
}

async function run(adapters: [TortureAdapter, number][], ground: TortureGround): Promise<TortureResult[]> {
  const seed = wholeNumber('seed', values.seed ?? String(Date.now() % 1_000_000));
  const line = new LiveLine();
  const results: TortureResult[] = [];
  for (const [adapter, kills] of adapters) {
    if (ground.signal.aborted) break;
    const options: TortureOptions = {
      ...{ seed, kills, folder: ground.folder, reader: ground.reader, signal: ground.signal },
      lanes: wholeNumber('lanes', values.lanes),
      keepsDamaged: judged.has(adapter.name),
      onProgress: ({ kills: done, batches, duplicates, lost }) =>
        line.show(
          `${adapter.name}: ${done} of ${kills} kills, ${batches} batches, ${duplicates} duplicates, ${lost} lost (seed ${seed})`,
        ),
    };
    const result = await torture(adapter, options);
    line.end();
    results.push(result);
    if (!values.json) show(result, kills);
  }
  return results;
}

function show(result: TortureResult, kills: number): void {
  const lines: string[] = [];
  for (const { lake, what } of result.failures.slice(0, 5)) lines.push(`  lake ${lake}: ${what}`);
  if (result.failures.length > 5) lines.push(`  and ${result.failures.length - 5} more failures`);
  if (judged.has(result.adapter)) {
    lines.push('', `Where the ${result.kills} kills of ${result.adapter} fell:`, placesTable(result), '');
    for (const { lake, batch, duplicated, lost } of result.damaged.slice(0, 20))
      lines.push(`  lake ${lake}, ${batch}: ${duplicated} rows too many, ${lost} lost`);
    for (const folder of result.kept) lines.push(`  kept: ${folder}`);
    if (!isWhole(result)) lines.push(`Repeat it: ${repeatCommand(result, kills)}`);
  }
  if (lines.length > 0) process.stdout.write(`${[`${result.adapter}:`, ...lines].join('\n')}\n`);
}

const ground = openGround();
if (typeof ground === 'string') fail(`PyIceberg, which counts the rows, is not here: ${ground}.`);
let exitCode = 0;
try {
  const adapters = wanted();
  const results = await run(adapters, ground);
  if (results.some((result) => judged.has(result.adapter) && !isWhole(result))) exitCode = 1;
  if (values.json) process.stdout.write(`${JSON.stringify({ results, fileSystem: ground.fileSystem }, null, 2)}\n`);
  else process.stdout.write(`\n${tortureTable(results)}\n`);
  const again = `./dev torture --record --adapter ${values.adapter} --kills ${values.kills} --seed ${results[0]?.seed}`;
  if (ground.signal.aborted) process.stderr.write('Broken off: what stands here is not the whole run.\n');
  else if (values.record) recordTorture(results, ground.fileSystem, again);
} catch (error) {
  // A program that does not load files even when nobody kills it is told so in a sentence.
  if (!(error instanceof TierMissing) && !CalveError.is(error)) throw error;
  process.stderr.write(`${error instanceof TierMissing ? 'dlt is not here: ' : ''}${error.message}\n`);
  exitCode = 2;
} finally {
  await ground[Symbol.asyncDispose]();
}
process.exitCode = exitCode;
