import type { ChangePlan, Diagnostic } from '@calve/core/plugin';

/** A plan that cannot be made, with the reason in plain words. */
export function impossible(message: string, code = 'SCHEMA_IMPOSSIBLE'): ChangePlan & { kind: 'impossible' } {
  return { kind: 'impossible', diagnostic: { code, severity: 'error', message } };
}

/** What a person should know about a change. */
export function notice(code: string, message: string): Diagnostic {
  return { code, severity: 'info', message };
}
