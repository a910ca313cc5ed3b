import { CalveError, type IngestionSpec } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import { jsonPointer } from '@calve/core/plugin';
import { type GivenValue, setOption } from '../arguments/parse-set.ts';
import { withValues } from '../arguments/set-values.ts';
import type { LocalCalve } from '../open-calve.ts';

/**
 * A spec with what `--set` says, checked as any other.
 *
 * @param spec As it stands in a file, or as the other options make it.
 * @throws {CalveError} `SPEC_INVALID` or `CONFIGURATION_INVALID` (fix-input): what is wrong in which place, and which option put it there.
 */
export function specWithValues(calve: LocalCalve, spec: unknown, values: readonly GivenValue[] = []): IngestionSpec {
  if (values.length === 0) return calve.parse(spec);
  const changed = withValues(spec as Json, values);
  try {
    return calve.parse(changed);
  } catch (error) {
    if (!CalveError.is(error) || error.code !== 'SPEC_INVALID') throw error;
    throw withOptions(error, values, (value) => hintFor(value, (other) => missingPlaces(calve, withValues(spec as Json, other))));
  }
}

/** Where options of a plugin are, below the place where people look for them. */
const OPTION_PLACES = [['options'], ['format', 'options']];

/**
 * What may have been meant with a value that the spec has no place for, or another shape of: an object where a mode was named, or the option of a plugin.
 *
 * @param missingWith The places that a spec with these values does not have.
 */
function hintFor({ path, value }: GivenValue, missingWith: (values: GivenValue[]) => readonly string[]): string | null {
  if (path.at(-1) === 'mode' && path.length === 3 && typeof value === 'string') {
    const keys = value === 'merge' ? { keys: ['id'] } : {};
    return `Write ${setOption(jsonPointer(path), { kind: value, ...keys })}`;
  }
  for (const between of OPTION_PLACES) {
    const place = [...path.slice(0, -1), ...between, ...path.slice(-1)];
    const pointer = jsonPointer(place);
    const missing = missingWith([{ option: '', path: place, value }]);
    if (!missing.some((other) => `${pointer}/`.startsWith(`${other}/`))) return `Did you mean ${pointer}?`;
  }
  return null;
}

/** Places of a spec that no spec has. */
function missingPlaces(calve: LocalCalve, spec: unknown): string[] {
  try {
    calve.parse(spec);
    return [];
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return error.message.split('\n').flatMap((line) => (line.includes('There is no member') ? (placeOf(line) ?? []) : []));
  }
}

/** The place that a line of an error is about. */
function placeOf(line: string): string | undefined {
  return /^(\/.*?): /.exec(line)?.[1];
}

/** The error with the option behind each line that it is to blame for. */
function withOptions(error: CalveError, values: readonly GivenValue[], hintOf: (value: GivenValue) => string | null): CalveError {
  const lines = error.message.split('\n').map((line) => {
    const place = placeOf(line);
    const guilty = place === undefined ? undefined : values.findLast(({ path }) => isRelated(place, path));
    if (guilty === undefined) return line;
    const hint = place === jsonPointer(guilty.path) && !line.includes('Did you mean') ? hintOf(guilty) : null;
    return `${line} (${guilty.option})${hint === null ? '' : ` ${hint}`}`;
  });
  const { code, recovery, context } = error;
  return new CalveError(code, lines.join('\n'), { recovery, context, cause: error });
}

/** One of the places is in the other one. */
function isRelated(place: string, path: readonly string[]): boolean {
  const own = `${jsonPointer(path)}/`;
  return own.startsWith(`${place}/`) || `${place}/`.startsWith(own);
}
