import { CalveError } from '../../errors/calve-error.ts';

/** True when texts can be read as wall time there: `UTC`, an offset, or an `Area/City` that the platform knows. */
export function isZone(zone: string): boolean {
  if (fixedOffset(zone) !== null) return true;
  if (!/^[A-Z][A-Za-z_]*(\/[A-Z][A-Za-z0-9_+-]*)+$/.test(zone)) return false;
  try {
    wallFormat(zone);
    return true;
  } catch (error) {
    if (CalveError.is(error)) return false;
    throw error;
  }
}

/** Seconds east of UTC of `UTC` and of offsets up to 18 hours, null for every other zone. */
export function fixedOffset(zone: string): number | null {
  if (zone === 'UTC') return 0;
  const [, sign, hours, minutes] = /^([+-])([01][0-9]):([0-5][0-9])$/.exec(zone) ?? [];
  const seconds = Number(hours) * 3_600 + Number(minutes) * 60;
  return sign === undefined || seconds > 18 * 3_600 ? null : sign === '-' ? -seconds : seconds;
}

/**
 * Writes moments as wall time, `3/31/2024, 01:00:00`: a platform has no other way to tell the rules of a zone.
 *
 * @throws {CalveError} `SPEC_INVALID` (fix-input): this platform does not know the zone.
 */
export function wallFormat(timeZone: string): Intl.DateTimeFormat {
  const part = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: part,
      month: part,
      day: part,
      hour: part,
      minute: part,
      second: part,
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CalveError('SPEC_INVALID', `There is no time zone "${timeZone}" here; use a name such as "Europe/Berlin".`, {
      recovery: 'fix-input',
      context: { zone: timeZone },
      cause,
    });
  }
}
