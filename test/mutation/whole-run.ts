import { CalveError, createCalve, memorySource, memoryState, type RunResult, string } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { memorySink } from '@calve/testkit';
import type { DecodeOutcome } from './decode-outcome.ts';
import { errorProblems, FILE_CODES } from './judge-outcome.ts';
import type { Mutant } from './random-mutant.ts';

const TABLE = 'sales.orders';
/** How a file can end besides being refused by its format. */
const RUN_CODES = [
  ...FILE_CODES,
  'SCHEMA_RESERVED_NAME',
  'SCHEMA_IMPOSSIBLE',
  'SCHEMA_COLUMN_HELD',
  'FILE_EMPTY',
  'UNITS_SET_ASIDE',
  // Held, since somebody has to decide first how such a file is read.
  'TEXT_MALFORMED',
  'CSV_DIALECT_AMBIGUOUS',
];

/** What came of a whole run. */
export interface WholeRun {
  problems: string[];
  /** With which the mutant was set aside, or the run ended. */
  codes: string[];
}

/**
 * Runs a mutant and a good file through plan, decoder, projection and a sink in memory.
 *
 * @param outcome Of the same mutant, from its decoder alone.
 * @returns What is wrong: the good file has to arrive, every record of the other one has to be somewhere, and an error has to be typed.
 */
export async function runWhole(
  mutant: Mutant,
  outcome: DecodeOutcome,
  isolation: 'inline' | 'process' = 'inline',
): Promise<WholeRun> {
  const sink = memorySink();
  await using calve = createCalve({
    sources: { memory: memorySource({ 'a-good.csv': 'good_file\nyes\n', 'b-mutant.csv': mutant.bytes }) },
    formats: { csv: csvFormat() },
    sinks: { lake: sink },
    state: memoryState(),
    limits: mutant.limits,
    isolation,
  });
  const spec = calve
    .ingestion('orders')
    .from('memory')
    .as('csv', mutant.options)
    .columns({ good_file: string() })
    .limits({ maxRejectedRows: 1_000_000, maxRejectedRatio: 1 })
    .settle(0)
    .into('lake', { table: TABLE })
    .build();
  const problems: string[] = [];
  const codes: string[] = [];
  let isGoodFileLoaded = false;
  const run = calve.run(spec, { allow: ['held', 'quarantined', 'failed'] });
  for await (const event of run) {
    if (event.kind !== 'unit-finished') continue;
    const { finding, unit, state, counts } = event.record;
    if (finding && unit.key.includes('b-mutant')) codes.push(finding.code);
    if (finding && !RUN_CODES.includes(finding.code)) problems.push(`a unit ends with ${finding.code}: ${finding.message}`);
    if (unit.key.includes('a-good')) isGoodFileLoaded = state === 'ingested';
    if (unit.key.includes('b-mutant')) problems.push(...unitProblems(state, counts?.['main']?.read ?? 0, outcome));
  }
  const ended = await run.then(
    (result): { result: RunResult | null; error: CalveError | null } => ({ result, error: null }),
    (error: unknown) => ({ result: null, error: error as CalveError }),
  );
  // Options and limits that were made for the mutant need not suit the other file.
  const isSuited = Object.keys({ ...mutant.options, ...mutant.limits }).every(
    (name) => name === 'header' || name === 'delimiter',
  );
  if (isSuited && !isGoodFileLoaded) problems.push(`the good file did not arrive: ${ended.error?.message ?? 'no error'}`);
  if (ended.error === null) {
    const { counts, units } = ended.result as RunResult;
    const [written, rejected] = [sink.rows(TABLE).length, sink.rows(`${TABLE}__rejected`).length];
    problems.push(...countProblems(counts, units.ingested, { written, rejected }));
  } else if (!CalveError.is(ended.error)) problems.push(`the run ends with an untyped error: ${String(ended.error)}`);
  else {
    codes.push(ended.error.code);
    if (!RUN_CODES.includes(ended.error.code)) problems.push(...errorProblems(ended.error));
  }
  return { problems, codes };
}

/** What the decoder alone said of the file is what the run says of it. */
function unitProblems(state: string, read: number, { error, rows, rejected, observation }: DecodeOutcome): string[] {
  // Who looked at parts of the file only may have taken its first record for a header, or not.
  if (state !== 'ingested' || observation?.origin === 'sample') return [];
  if (error !== null) return ['the decoder refuses the file, but it was ingested'];
  if (observation?.undecided !== undefined) return [`the file was ingested, but ${observation.undecided} is undecided`];
  const expected = rows.length + rejected.length;
  return read === expected ? [] : [`${read} rows of the file were read, the decoder alone reads ${expected}`];
}

/** Everything that was read is in one of the two tables. */
function countProblems(
  { main }: RunResult['counts'],
  ingested: number,
  { written, rejected }: { written: number; rejected: number },
): string[] {
  if (main === undefined) return ingested === 0 ? [] : ['files were ingested, but nothing was counted'];
  const problems: string[] = [];
  if (main.read !== main.written + main.rejected + main.filtered + main.deduplicated)
    problems.push(`${main.read} rows were read, ${main.written} written, ${main.rejected} rejected`);
  if (main.written !== written) problems.push(`${main.written} rows were written, the table has ${written}`);
  if (main.rejected !== rejected) problems.push(`${main.rejected} rows were rejected, their table has ${rejected}`);
  return problems;
}
