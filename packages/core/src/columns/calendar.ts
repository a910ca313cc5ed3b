/** Days in a month of the proleptic Gregorian calendar; `month` 1-12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days since 1970-01-01 of a date in the proleptic Gregorian calendar, any year.
 *
 * @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/**
 * Year, month (1-12) and day of a day count since 1970-01-01; any safe integer works.
 *
 * @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: years begin in March, so that the leap day ends them.
 */
export function civilFromDays(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** `yyyy-MM-dd` of a day count since 1970-01-01. Years above 9999 carry a `+`, years below 0 a `-`. Any safe integer works. */
export function dateText(days: number): string {
  const [year, month, day] = civilFromDays(days);
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${digits(Math.abs(year), 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** `yyyy-MM-ddTHH:mm:ss.ffffff` (9 fraction digits for nanoseconds) of an instant, with `Z` for one in UTC. Never throws. */
export function timestampText(value: bigint, unit: 'micros' | 'nanos', zone: 'utc' | 'none'): string {
  const perSecond = unit === 'nanos' ? 1_000_000_000n : 1_000_000n;
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = Number((value - fraction) / perSecond);
  const days = Math.floor(seconds / 86_400);
  const ofDay = seconds - days * 86_400;
  const time = [Math.floor(ofDay / 3_600), Math.floor(ofDay / 60) % 60, ofDay % 60].map((part) => digits(part, 2)).join(':');
  return `${dateText(days)}T${time}.${fraction.toString().padStart(unit === 'nanos' ? 9 : 6, '0')}${zone === 'utc' ? 'Z' : ''}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
