import { CalveError } from '../../../errors/calve-error.ts';
import type { Diagnostic } from '../../../errors/diagnostic.ts';
import type { DecodeEvent, RejectedRecord } from '../../../format/decode-event.ts';
import type { Observation } from '../../../format/observation.ts';
import type { EventMessage } from './decode-messages.ts';
import { wrongAnswer } from './process-failure.ts';
import { receivedBatch } from './received-batch.ts';

/**
 * The event that a decode process sent, after a look at its shape: whatever a decoder makes, the host goes on.
 *
 * @param onBatchReleased Called with the number of a batch when it is released.
 * @throws {CalveError} `DECODER_CRASHED` (fix-input): it is no event.
 */
export function receivedEvent(message: EventMessage, onBatchReleased: (number: number) => void): DecodeEvent {
  return looked('an event', () => {
    if (message.kind === 'batch') {
      const batch = receivedBatch(message.parts, () => onBatchReleased(message.number));
      if (typeof batch === 'string') throw wrongAnswer(batch);
      return { kind: 'batch', batch };
    }
    if (isEvent(message)) return message;
    throw wrongAnswer(
      `an event of kind ${typeof message.kind === 'string' ? `"${message.kind}"` : 'unknown'} that no format has`,
    );
  });
}

/** The same for an observation. @throws {CalveError} `DECODER_CRASHED` (fix-input): it is none. */
export function receivedObservation(observation: Observation): Observation {
  return looked('an observation', () => {
    const { fields, findings, origin } = observation;
    const isObservation =
      fields.every(({ field, evidence }) => typeof field.name === 'string' && isObject(field.type) && Array.isArray(evidence)) &&
      ['file-schema', 'sample', 'full-scan'].includes(origin) &&
      findings.every(isDiagnostic);
    if (!isObservation) throw wrongAnswer('an observation that is not complete');
    // Core stores it, so what is no JSON shows here and not when it is stored.
    return JSON.parse(JSON.stringify(observation)) as Observation;
  });
}

/** True for what a run can show as a finding. */
export function isDiagnostic(value: Diagnostic): boolean {
  return (
    isObject(value) &&
    typeof value.code === 'string' &&
    typeof value.message === 'string' &&
    ['info', 'warning', 'error'].includes(value.severity)
  );
}

function isEvent(event: Exclude<EventMessage, { kind: 'batch' }>): boolean {
  switch (event.kind) {
    case 'rejected':
      return event.records.every(isRejectedRecord);
    case 'skipped':
      return isCount(event.records) && typeof event.reason === 'string';
    case 'finding':
      return isDiagnostic(event.diagnostic);
    case 'range-ended':
      return isCount(event.lines);
    case 'misaligned':
      return isCount(event.at);
    default:
      return false;
  }
}

function isRejectedRecord({ raw, position, codes, columns }: RejectedRecord): boolean {
  return raw instanceof Uint8Array && isObject(position) && [...codes, ...columns].every((text) => typeof text === 'string');
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What has not the shape that its type says fails while it is looked at, in ways that nobody has to list. */
function looked<T>(what: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (CalveError.is(error)) throw error;
    throw wrongAnswer(`${what} of another shape (${error instanceof Error ? error.message : String(error)})`);
  }
}
