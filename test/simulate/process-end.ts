import { CalveError } from '@calve/core';

/** How a process of a history ended. */
export interface ProcessEnd {
  kind: 'well' | 'halted' | 'badly';
  says: string;
  /** A person has to decide; running again does not help. */
  asks?: boolean;
}

/** What a process that threw says of its end. */
export function endOf(error: unknown): ProcessEnd {
  if (!CalveError.is(error))
    return { kind: 'badly', says: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const kind = error.recovery.kind === 'decide' || error.recovery.kind === 'verify' ? 'halted' : 'badly';
  return { kind, says: `${error.code}: ${error.message}`, asks: error.recovery.kind === 'decide' };
}
