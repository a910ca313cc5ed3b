import type { InputLimits } from '../../../context/input-limits.ts';
import { limitExceeded } from '../../../context/limit-exceeded.ts';
import { CalveError, type CalveErrorData } from '../../../errors/calve-error.ts';
import { MEMORY_MARK } from './decode-messages.ts';
import type { ProcessEnd } from './decode-process.ts';

/** How V8 and Node say that memory could not be had. */
const OUT_OF_MEMORY = /heap out of memory|array buffer allocation failed|allocation failed/i;

/**
 * The error for a decode process that ended by itself: `LIMIT_MEMORY` or `DECODER_CRASHED`, recovery `fix-input`.
 *
 * @param isOpening No file was read yet, so none is to blame: `CONFIGURATION_INVALID`.
 */
export function endedProcess(end: ProcessEnd, limits: Readonly<InputLimits>, isOpening: boolean): CalveError {
  const isMemory = end.stderr.includes(MEMORY_MARK) || OUT_OF_MEMORY.test(end.stderr);
  const how = end.signal === null ? `with exit code ${end.code}` : `by ${end.signal}`;
  if (isOpening && isMemory)
    return unstartedProcess(
      'it takes more memory than limits.decodeMemoryBytes before it reads anything; raise that.',
      lastWords(end),
    );
  if (isOpening) return unstartedProcess(end.startError ? end.startError.message : `it ended ${how}.`, lastWords(end));
  if (isMemory) return tooMuchMemory(limits, lastWords(end));
  const killed = end.signal === 'SIGKILL' ? ' Systems that are short of memory end processes so.' : '';
  return crashed(`The process that read this file ended in the middle of it, ${how}.${killed}`, lastWords(end));
}

/** The error for a decoder that threw what no contract allows. */
export function failedDecoder(error: CalveErrorData, limits: Readonly<InputLimits>): CalveError {
  if (OUT_OF_MEMORY.test(error.message)) return tooMuchMemory(limits, error);
  return crashed(
    `The decoder failed on this file with an error that it does not explain: ${error.code}: ${error.message}.`,
    error,
  );
}

/** The error for a decoder that handed over what is no event or observation. */
export function wrongAnswer(problem: string): CalveError {
  return crashed(`The decoder handed over something that cannot be used: ${problem}.`);
}

/** The error for a decoder that went on for too long without a sign of progress. */
export function stalledProcess(limits: Readonly<InputLimits>): CalveError {
  const seconds = limits.stallMilliseconds / 1000;
  return limitExceeded(
    'stallMilliseconds',
    limits,
    `The decoder made no progress for ${seconds} seconds while it read this file; its process was ended.`,
  );
}

/** The error for a process that never got to work, which is no file's fault. */
export function unstartedProcess(problem: string, cause?: unknown): CalveError {
  return new CalveError('CONFIGURATION_INVALID', `A decode process (isolation: 'process') could not be started: ${problem}`, {
    recovery: 'fix-input',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The error for a decoder that could not be rebuilt, which is no file's fault. */
export function unopenedDecoder(error: CalveErrorData): CalveError {
  return unstartedProcess(
    `the decoder of the format cannot be loaded in it: ${error.message}. A bundler may have left its module behind; keep the format package out of the bundle (mark it as external), or use isolation: 'inline'.`,
    error,
  );
}

/** The end of what a process wrote to its standard error, as a cause; absent when it wrote nothing. It may hold content of the file. */
function lastWords({ stderr, startError }: ProcessEnd): CalveErrorData | Error | undefined {
  if (startError) return startError;
  const message = stderr.trim();
  if (message === '') return undefined;
  return { code: 'STDERR', message, recovery: { kind: 'report' }, diagnostics: [], context: {} };
}

function tooMuchMemory(limits: Readonly<InputLimits>, cause: unknown): CalveError {
  const mebibytes = Math.round(limits.decodeMemoryBytes / 2 ** 20);
  const { code, message, recovery, context } = limitExceeded(
    'decodeMemoryBytes',
    limits,
    `Reading this file takes more than ${mebibytes} MiB of memory; the process that read it was ended.`,
  );
  return new CalveError(code, message, { recovery, context, ...(cause === undefined ? {} : { cause }) });
}

function crashed(message: string, cause?: unknown): CalveError {
  return new CalveError(
    'DECODER_CRASHED',
    `${message} The file may be damaged: check it, or replace it. If other programs read it, please report the defect with the file.`,
    { recovery: 'fix-input', ...(cause === undefined ? {} : { cause }) },
  );
}
