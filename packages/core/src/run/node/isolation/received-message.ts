import type { ProcessMessage } from './decode-messages.ts';

/**
 * True for what a decode process may say of a call, as far as the host relies on it at once; events and observations are looked at where they
 * are used. A decoder has the channel of its process too, and a number that is none would spoil the quota for everybody.
 */
export function isProcessMessage(message: ProcessMessage): boolean {
  switch (message.kind) {
    case 'opened':
    case 'event':
    case 'ended':
    case 'observed':
    case 'report':
      return true;
    case 'failed':
      return isError(message.error);
    case 'read':
      return isCount(message.need) && isCount(message.offset) && isCount(message.bytes);
    case 'reserve':
      return isCount(message.need) && Number.isFinite(message.bytes) && message.bytes >= 0;
    case 'unreserve':
      return isCount(message.need);
    default:
      return false;
  }
}

function isError(error: Extract<ProcessMessage, { kind: 'failed' }>['error'] | undefined): boolean {
  return (
    typeof error?.code === 'string' &&
    typeof error.message === 'string' &&
    typeof error.recovery?.kind === 'string' &&
    Array.isArray(error.diagnostics)
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
