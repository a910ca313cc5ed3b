import { CalveError, type CalveErrorData, errorData, type RunResult } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { QuarantinedBefore } from '../documents.ts';
import { allowText } from '../render/error-lines.ts';
import { filesText } from '../render/run-lines.ts';

/** How a run ended. */
export interface RunEnd {
  result: RunResult;
  error: CalveErrorData | null;
  /** What was thrown. */
  cause: unknown;
}

/**
 * A run that did all there was to do still has not loaded the files that stay in quarantine: as long as there are such files, and nobody
 * allowed them, it ends with an error as the run did that quarantined them.
 */
export function withQuarantinedBefore(end: RunEnd, before: QuarantinedBefore, allow: CommandArguments['allow']): RunEnd {
  const { result, error } = end;
  if (before.count === 0 || allow.includes('quarantined')) return end;
  const stays = `${filesText(before.count)} ${before.count === 1 ? 'stays' : 'stay'} in quarantine from an earlier run, unchanged since.`;
  if (error !== null) return error.code === 'UNITS_SET_ASIDE' ? { ...end, error: withMore(error, stays) } : end;
  const cause = new CalveError('UNITS_SET_ASIDE', `${stays} The first one: ${before.examples[0]?.message ?? ''}`, {
    recovery: { kind: 'decide', choices: ['replace or remove what is listed', allowText(['quarantined'], before.count)] },
    diagnostics: before.examples.map(({ code, message, fixes }) => ({ code, severity: 'error', message, fixes })),
    context: { result: result as unknown as Json },
  });
  return { result, error: errorData(cause), cause };
}

/** An error about files of this run that speaks of those of earlier ones too. */
function withMore(error: CalveErrorData, stays: string): CalveErrorData {
  const [counted = '', ...rest] = error.message.split(/(?= The first one: )/);
  return { ...error, message: [`${counted} ${stays}`, ...rest].join('') };
}
