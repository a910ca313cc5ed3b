import { nodeEnvironment } from '@calve/core/node';
import type { ByteReader, Decoder, Json } from '@calve/core/plugin';
import { completeLimits, limitedEnvironment, rebuildPortable } from '@calve/core/plugin';
import { type CsvOptions, csvFormat } from '@calve/format-csv';
import { bytesReader, slowReader, type TestContext, testContext } from '@calve/testkit';
import { type DecodeOutcome, decodeOutcome } from './decode-outcome.ts';
import { problemsOf } from './judge-outcome.ts';
import { differenceFromOtherParser } from './other-parser.ts';
import { type ProjectedCounts, projectionProblems } from './project-batch.ts';
import type { Mutant } from './random-mutant.ts';
import { textOf } from './text-of-file.ts';
import { runWhole } from './whole-run.ts';

/** What is tried of a mutant besides reading it once. */
export interface Trials {
  /** Reads it again in other pieces: the outcome has to be the same. */
  pieces: boolean;
  /** Runs it through `createCalve`. */
  wholeRun: boolean;
  /** Reads it with this decoder too, such as one in a process of its own: the outcome has to be the same. */
  other?: Decoder;
}

/** What became of a mutant. */
export interface MutantReport {
  /** `ok`, or the code with which the file was refused. */
  verdict: string;
  rejected: number;
  /** Empty: all is well. */
  problems: string[];
  /** How its whole run set it aside; `null`: there was none. */
  runCodes: string[] | null;
  /** True when csv-parse could be asked too. */
  isCompared: boolean;
}

/** Calls of `read` that no small file needs: who makes more does not come to an end. */
const MOST_READS = 200_000;
/** Memory that no small file needs: a few chunks of 1 MiB with room for rewritten cells. */
const MOST_BYTES = 16 * 2 ** 20;

const format = csvFormat();

/** Reads a mutant in every way that `trials` asks for. Rejects only for a defect of the harness. */
export async function runMutant(mutant: Mutant, trials: Trials): Promise<MutantReport> {
  const validated = await format.options['~standard'].validate(mutant.options);
  if (validated.issues)
    throw new TypeError(`the mutant has invalid options: ${validated.issues.map(({ message }) => message).join()}`);
  const options = validated.value;
  const problems: string[] = [];
  const counts: ProjectedCounts = { accepted: 0, rejected: 0 };
  const context = limitedContext(mutant);
  const outcome = await decodeOutcome({
    format,
    decoder: await format.decoder.create(context, undefined),
    options,
    budgetBytes: mutant.budgetBytes,
    reader: () => countedReader(bytesReader(mutant.bytes)),
    context,
    onBatch: async (batch, observation) => {
      problems.push(...(await projectionProblems(batch, observation, mutant.declared, counts)));
    },
  });
  const seen = textOf(mutant.bytes, outcome);
  if (seen !== null)
    problems.push(...problemsOf(seen.outcome, { content: seen.text.toString('latin1'), comment: options.comment ?? null }));
  if (context.outstandingReservations > 0) problems.push(`${context.outstandingReservations} reservations were not released`);
  if (context.peakBytes > MOST_BYTES) problems.push(`${context.peakBytes} bytes were held at one time`);
  const difference = seen === null ? null : differenceFromOtherParser(seen.outcome, seen.text);
  if (difference) problems.push(difference);
  if (trials.pieces) problems.push(...(await otherPieces(mutant, options, outcome)));
  if (trials.other) problems.push(...(await otherDecoder(mutant, options, outcome, trials.other)));
  const whole = trials.wholeRun ? await runWhole(mutant, outcome) : null;
  problems.push(...(whole?.problems ?? []));
  const { error } = outcome;
  const verdict = error === null ? 'ok' : 'untyped' in error ? 'untyped error' : error.code;
  return {
    verdict,
    rejected: outcome.rejected.length + counts.rejected,
    problems,
    runCodes: whole?.codes ?? null,
    isCompared: difference !== null,
  };
}

/** Chunks of a few bytes, reads of five bytes, batches of three rows, no scanner: none of it is to be seen in what comes out. */
async function otherPieces(mutant: Mutant, options: CsvOptions, outcome: DecodeOutcome): Promise<string[]> {
  const { module, exportName } = format.decoder;
  const problems: string[] = [];
  for (const [chunkBytes, pieceBytes, withoutScanner] of [
    [16, 5, mutant.seed % 2 === 0],
    [16 + (mutant.seed % 97), 1000, mutant.seed % 2 === 1],
  ] as const) {
    const context = limitedContext(mutant);
    const other = await decodeOutcome({
      format,
      decoder: await rebuildPortable<Decoder>({ module, exportName, config: { chunkBytes, withoutScanner } }, context, undefined),
      options,
      budgetBytes: mutant.budgetBytes,
      reader: () => countedReader(slowReader(bytesReader(mutant.bytes), pieceBytes)),
      context,
      request: { maxRows: 3 },
    });
    const difference = isDamagedFurtherOn(outcome, other) ? null : differenceOf(outcome, other);
    if (difference !== null) problems.push(`with chunks of ${chunkBytes} bytes ${difference}`);
    if (context.outstandingReservations > 0) problems.push(`with chunks of ${chunkBytes} bytes reservations were not released`);
  }
  return problems;
}

/**
 * True for a file with two faults, one of them in its compression: which one is met first depends on how far decompression reads ahead, and that
 * on the size of the chunks. Either is refused with its own place.
 */
function isDamagedFurtherOn(a: DecodeOutcome, b: DecodeOutcome): boolean {
  const isDamage = ({ error }: DecodeOutcome): boolean => error !== null && 'code' in error && error.code === 'MALFORMED_UNIT';
  return a.error !== null && b.error !== null && isDamage(a) !== isDamage(b);
}

async function otherDecoder(mutant: Mutant, options: CsvOptions, outcome: DecodeOutcome, decoder: Decoder): Promise<string[]> {
  const context = limitedContext(mutant);
  const other = await decodeOutcome({
    format,
    decoder,
    options,
    budgetBytes: mutant.budgetBytes,
    reader: () => bytesReader(mutant.bytes),
    context,
  });
  const difference = differenceOf(outcome, other);
  return difference === null ? [] : [`the other decoder: ${difference}`];
}

/** The first part in which two outcomes differ. Of a file that was refused, how far it was read does not count. */
function differenceOf(a: DecodeOutcome, b: DecodeOutcome): string | null {
  const parts: (keyof DecodeOutcome)[] =
    a.error === null && b.error === null ? ['observation', 'plan', 'rows', 'rejected', 'skipped', 'findings'] : ['error'];
  for (const part of parts) {
    const [first, second] = [a[part], b[part]].map((value) => JSON.stringify(value, plain));
    if (first !== second) return `${part} is ${excerptAt(second, first)}, not ${excerptAt(first, second)}`;
  }
  return null;
}

/** JSON has no order of members that matters, and no difference between a missing member and one that is undefined. */
function plain(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function excerptAt(text = '', other = ''): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  return text.slice(Math.max(0, at - 60), at + 120);
}

/** A context as core makes them. */
function limitedContext(mutant: Mutant): TestContext {
  const limits = completeLimits(mutant.limits);
  return testContext({ limits, environment: limitedEnvironment(nodeEnvironment(), limits) });
}

function countedReader(reader: ByteReader): ByteReader {
  let reads = 0;
  return {
    sizeBytes: reader.sizeBytes,
    read(target, offset) {
      reads += 1;
      if (reads > MOST_READS) throw new TypeError(`the file was read ${MOST_READS} times and there is no end of it`);
      return reader.read(target, offset);
    },
    verify: () => reader.verify(),
    close: () => reader.close(),
  };
}
