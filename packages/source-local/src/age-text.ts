/**
 * How long ago something was modified, as the beginning of a sentence. A clock that runs ahead is said so: such a file does not settle until
 * its time has come.
 *
 * @param modified Milliseconds since 1970, as `now`.
 */
export function ageText(modified: number, now: number): string {
  const age = now - modified;
  if (age >= 0) return `Modified ${durationText(age)} ago`;
  return `Modified ${durationText(-age)} in the future, at ${new Date(modified).toISOString()} (is a clock wrong?)`;
}

function durationText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds.toFixed(1)} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3600)} hours`;
}
