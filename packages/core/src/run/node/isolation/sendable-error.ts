import { type CalveErrorData, errorData } from '../../../errors/calve-error.ts';

/**
 * The data of anything that was thrown, as it can be sent to another process. What is no JSON, such as a function that a plugin left in the
 * context, stays behind: sending it would fail, and then code and recovery would not arrive either.
 */
export function sendableError(error: unknown): CalveErrorData {
  return sendable(errorData(error));
}

function sendable({ code, message, recovery, diagnostics, context, cause }: CalveErrorData): CalveErrorData {
  return {
    code,
    message,
    recovery: json(recovery, { kind: 'report' }),
    diagnostics: json(diagnostics, []),
    context: json(context, {}),
    ...(cause ? { cause: sendable(cause) } : {}),
  };
}

function json<T>(value: T, otherwise: T): T {
  try {
    return JSON.parse(JSON.stringify(value)) as T;
  } catch {
    // A cycle, or a big number.
    return otherwise;
  }
}
