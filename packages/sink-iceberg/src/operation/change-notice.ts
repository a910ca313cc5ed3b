import type { ChangePlan, Diagnostic } from '@calve/core/plugin';

/** A plan that cannot be made, with the reason in plain words. @param column The one that stands in the way, where it is one. */
export function impossible(message: string, code = 'SCHEMA_IMPOSSIBLE', column?: string): ChangePlan & { kind: 'impossible' } {
  const at = column === undefined ? {} : { at: { unit: '', column } };
  return { kind: 'impossible', diagnostic: { code, severity: 'error', message, ...at } };
}

/** What a person should know about a change. */
export function notice(code: string, message: string): Diagnostic {
  return { code, severity: 'info', message };
}
