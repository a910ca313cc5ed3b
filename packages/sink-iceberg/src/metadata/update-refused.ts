import { CalveError } from '@calve/core/plugin';

/** The error of an update that contradicts the metadata. The commit was definitely not applied. */
export function refused(why: string): CalveError {
  return new CalveError('ICEBERG_UPDATE_REFUSED', `The catalog refused the commit: ${why}.`, {
    recovery: 'replan',
    context: { why },
  });
}
