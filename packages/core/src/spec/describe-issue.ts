import { nearestNames } from '../source/nearest-names.ts';
import type { SpecIssue } from './spec-issue.ts';

const LONGEST_VALUE = 80;
const MOST_LISTED = 20;

/** Names as a sentence has them: `"a", "b" or "c"`; after twenty of them only how many are left. */
export function alternatives(names: readonly (string | number | boolean | null)[]): string {
  const shown = names.slice(0, MOST_LISTED).map((name) => JSON.stringify(name));
  if (names.length > MOST_LISTED) return `${shown.join(', ')} or one of ${names.length - MOST_LISTED} more`;
  const last = shown.pop() ?? 'nothing';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

/** `1 item`, `2 items`. */
export function counted(count: unknown, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A value as it is named in an issue, at most 80 characters of it.
 *
 * @param hideText Describes a text by its length: it may be a secret.
 */
export function receivedText(value: unknown, hideText = false): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  if (hideText) return `a text of ${counted(value.length, 'character')}`;
  return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value);
}

/**
 * An issue whose sentence follows from what was expected and what was there.
 *
 * @param issue.meant What was there, unshortened: a text among whose known alternatives the nearest one is suggested.
 */
export function describeIssue(
  issue: Pick<SpecIssue, 'code' | 'path' | 'known'> & { expected: string; received: string; meant?: unknown },
): SpecIssue {
  const { meant, ...rest } = issue;
  const { expected, received, known = [] } = issue;
  const finding = received === 'nothing' ? `Missing: expected ${expected}.` : `Expected ${expected}, but found ${received}.`;
  return { ...rest, message: finding + suggestionFor(meant, known) };
}

/** ` Did you mean "local"?` when a known name is at most a third of the letters away, at least one; otherwise nothing. */
export function suggestionFor(name: unknown, known: readonly string[]): string {
  if (typeof name !== 'string') return '';
  // A name of one letter is one edit away from every other one.
  const maximumDistance = name.length < 2 ? 0.5 : Math.max(1, Math.floor(name.length / 3));
  const [nearest] = nearestNames(name, known, { limit: 1, maximumDistance });
  return nearest === undefined ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
}
