import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import { pointerSegments } from '../spec/json-pointer.ts';

type Container = Json[] | Record<string, Json>;

/** One operation of a patch, as findings offer it. */
interface Operation {
  op: 'add' | 'replace' | 'remove';
  path: string[];
  /** As it was written, for messages. */
  pointer: string;
  value: Json;
}

/**
 * A copy of a spec with the patch of a finding applied: JSON Patch (RFC 6902) with the operations `add`, `replace` and `remove`, in order. Whether the
 * result is a spec is for `calve.parse` to say. Pure.
 *
 * @throws {CalveError} `PATCH_UNFIT` (fix-input): it is no such patch, or a place that it names is not there.
 * @example
 * applySpecPatch(spec, [{ op: 'replace', path: '/input/onChanged', value: 'append' }])
 */
export function applySpecPatch<Spec>(spec: Spec, patch: readonly Json[]): Spec {
  // One that a builder made is frozen.
  const copy = structuredClone(spec);
  for (const operation of patch) apply(copy as Json, operationOf(operation));
  return copy;
}

function operationOf(given: Json): Operation {
  const { op, path, value } = (given ?? {}) as { op?: Json; path?: Json; value?: Json };
  const isKnown = op === 'add' || op === 'replace' || op === 'remove';
  if (!isKnown || typeof path !== 'string' || !/^(\/([^~/]|~[01])*)+$/.test(path) || (op !== 'remove' && value === undefined)) {
    throw unfit(
      `${JSON.stringify(given)} is no operation of a patch: add, replace or remove, with a place below the spec.`,
      given,
    );
  }
  return {
    op,
    pointer: path,
    path: pointerSegments(path),
    value: value ?? null,
  };
}

function apply(spec: Json, { op, path, pointer, value }: Operation): void {
  let place = containerOf(spec, pointer, '');
  for (const [depth, segment] of path.slice(0, -1).entries()) {
    const at = `/${path.slice(0, depth + 1).join('/')}`;
    if (!Object.hasOwn(place, segment)) throw notThere(pointer, at);
    place = containerOf((place as Record<string, Json>)[segment] as Json, pointer, at);
  }
  const key = path.at(-1) as string;
  if (Array.isArray(place)) changeList(place, op, key, value, pointer);
  else changeObject(place, op, key, value, pointer);
}

function changeObject(place: Record<string, Json>, op: Operation['op'], key: string, value: Json, pointer: string): void {
  if (op !== 'add' && !Object.hasOwn(place, key)) throw notThere(pointer, pointer);
  // Not by assignment: a column may be called "__proto__".
  if (op === 'remove') delete place[key];
  else Object.defineProperty(place, key, { value: structuredClone(value), writable: true, enumerable: true, configurable: true });
}

function changeList(place: Json[], op: Operation['op'], key: string, value: Json, pointer: string): void {
  const index = op === 'add' && key === '-' ? place.length : /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : Infinity;
  if (index >= place.length + (op === 'add' ? 1 : 0)) throw notThere(pointer, pointer);
  if (op === 'remove') place.splice(index, 1);
  else place.splice(index, op === 'add' ? 0 : 1, structuredClone(value));
}

function containerOf(value: Json, pointer: string, at: string): Container {
  if (value !== null && typeof value === 'object') return value as Container;
  throw unfit(`The patch of ${pointer} does not fit: ${at === '' ? 'the spec' : at} is ${JSON.stringify(value)}.`, pointer);
}

function notThere(pointer: string, at: string): CalveError {
  const message = `The patch of ${pointer} does not fit: the spec has no ${at}. It was made for another spec: look at the findings again.`;
  return unfit(message, pointer);
}

function unfit(message: string, context: Json): CalveError {
  return new CalveError('PATCH_UNFIT', message, { recovery: 'fix-input', context: { patch: context } });
}
