import type { CalveErrorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';

/** The patches of an error that is a finding itself; those of files stand beside their files. */
export function ownFixes({
  message,
  diagnostics,
}: Pick<CalveErrorData, 'message' | 'diagnostics'>): NonNullable<Diagnostic['fixes']> {
  return diagnostics.filter((diagnostic) => diagnostic.message === message).flatMap(({ fixes = [] }) => fixes);
}
