import type { Json } from '../json/json.ts';
import { jsonPointer, type Segment } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/** More levels than any spec needs, few enough that no later step can run out of stack. */
const DEEPEST = 64;

/**
 * Copies a value, so that nobody can change a spec after it was checked, and finds everything in it that JSON cannot carry:
 * functions, dates, maps, NaN, values nested deeper than 64 levels. Members that are `undefined` count as absent.
 *
 * @param base Place of `value` in the spec, for the issues.
 * @returns The copy, with `null` where an issue was found.
 */
export function copyPlainJson(value: unknown, base: readonly Segment[] = []): { value: Json; issues: SpecIssue[] } {
  const issues: SpecIssue[] = [];

  const refuse = (at: readonly Segment[], received: string): null => {
    const expected = `plain JSON of at most ${DEEPEST} levels`;
    const message = `Expected ${expected}, but found ${received}.`;
    issues.push({ code: 'SPEC_INVALID', path: jsonPointer(at), message, expected, received });
    return null;
  };

  const copy = (part: unknown, at: readonly Segment[]): Json => {
    if (part === null || typeof part === 'string' || typeof part === 'boolean') return part;
    // Minus zero becomes zero, as it does on the way through JSON text.
    if (typeof part === 'number') return Number.isFinite(part) ? (part === 0 ? 0 : part) : refuse(at, String(part));
    if (typeof part !== 'object') return refuse(at, part === undefined ? 'undefined' : `a ${typeof part}`);
    if (at.length - base.length > DEEPEST) return refuse(at, 'deeper nesting, or a value that contains itself');
    if (Array.isArray(part)) return Array.from(part, (item, index) => copy(item, [...at, index]));
    if (!isPlainObject(part)) return refuse(at, `an instance of ${part.constructor?.name ?? 'a class'}`);
    const members: [string, Json][] = [];
    for (const [name, member] of Object.entries(part)) {
      if (member === undefined) continue;
      // Assigning this name elsewhere would set a prototype and lose the member silently.
      if (name === '__proto__') refuse([...at, name], 'the member name "__proto__"');
      else members.push([name, copy(member, [...at, name])]);
    }
    return Object.fromEntries(members);
  };

  return { value: copy(value, base), issues };
}

/** Also true for objects of another realm, such as a test runner's or an iframe's. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
