import type { Json } from '@calve/core/plugin';
import { argumentError } from './argument-error.ts';
import type { GivenValue } from './parse-set.ts';

type Container = Exclude<Json, null | string | number | boolean>;

/** Options of a format that nobody named are those of CSV, whose files say least about themselves. */
const NAMED_FORMAT = { name: 'csv', options: {} };

/**
 * A copy of a spec with other values in some places. Objects on the way are made where there are none, a value at the end of a list (`-` or its
 * length) is appended, and a format that is to be detected
 * becomes `csv` as soon as an option of it is set without a name: `/input/format/detect/<format>/<option>` leaves it to be detected. Whether the result is a spec is
 * for others to say. Pure.
 *
 * @param values In order: a later one overwrites an earlier one.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): a place that cannot be, with the option.
 */
export function withValues(spec: Json, values: readonly GivenValue[]): Json {
  const copy = structuredClone(spec);
  for (const value of values) setValue(copy, value);
  return copy;
}

function setValue(spec: Json, { option, path, value }: GivenValue): void {
  let place = containerOf(spec, option, '');
  for (const [depth, segment] of path.slice(0, -1).entries()) {
    const pointer = `/${path.slice(0, depth + 1).join('/')}`;
    const key = keyIn(place, segment, option, pointer);
    const below = memberOf(place, key);
    const isUnnamed = pointer === '/input/format' && below === 'detect';
    const made = isUnnamed ? (path[depth + 1] === 'detect' ? { detect: {} } : NAMED_FORMAT) : {};
    const next = isUnnamed || below === undefined ? structuredClone(made) : below;
    put(place, key, next);
    place = containerOf(next, option, pointer);
  }
  put(place, keyIn(place, path.at(-1) ?? '', option, `/${path.join('/')}`), value);
}

function containerOf(value: Json, option: string, pointer: string): Container {
  if (value !== null && typeof value === 'object') return value;
  throw argumentError(
    `${option}: ${pointer === '' ? 'the spec' : pointer} is ${JSON.stringify(value)}, so nothing can be set below it.`,
  );
}

/** A member name, or the place in a list, which may be the next free one. */
function keyIn(place: Container, segment: string, option: string, pointer: string): string {
  if (!Array.isArray(place)) return segment;
  const index = segment === '-' ? place.length : /^(0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : Infinity;
  if (index <= place.length) return String(index);
  throw argumentError(
    `${option}: ${pointer} is no place in a list of ${place.length}; write 0 to ${place.length}, or - for the end.`,
  );
}

function memberOf(place: Container, key: string): Json | undefined {
  return Object.hasOwn(place, key) ? (place as Record<string, Json>)[key] : undefined;
}

/** Not by assignment: a column may be called "__proto__". */
function put(place: Container, key: string, value: Json): void {
  Object.defineProperty(place, key, { value, writable: true, enumerable: true, configurable: true });
}
