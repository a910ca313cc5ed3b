import { CalveError } from '../errors/calve-error.ts';

/** `what` is damaged; `at` is an offset in the stored, compressed file. The unit is quarantined until its content changes. */
export function damagedStream(what: string, at: number, detail: string, cause?: unknown): CalveError {
  return new CalveError('MALFORMED_UNIT', `The ${what} stream is damaged at byte ${at} of the file: ${detail}`, {
    recovery: 'fix-input',
    context: { compressedOffset: at },
    ...(cause === undefined ? {} : { cause }),
  });
}
