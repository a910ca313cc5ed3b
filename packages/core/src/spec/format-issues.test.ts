import { describe, expect, it } from 'vitest';
import { alternatives, receivedText, suggestionFor } from './describe-issue.ts';
import { formatIssues, specInvalid } from './format-issues.ts';
import type { SpecIssue } from './spec-issue.ts';

const issues: SpecIssue[] = [
  { code: 'SPEC_INVALID', path: '', message: 'Expected an object, but found null.', expected: 'an object', received: 'null' },
  { code: 'SPEC_UNKNOWN_NAME', path: '/input/source', message: 'There is no source "s3".', known: ['local'] },
];

describe('prose of issues', () => {
  it('has one line each: where, then what', () => {
    expect(formatIssues(issues)).toBe(
      'the spec itself: Expected an object, but found null.\n/input/source: There is no source "s3".',
    );
    expect(formatIssues([])).toBe('');
  });

  it('is the message of an error that carries the list', () => {
    const error = specInvalid(issues);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', recovery: { kind: 'fix-input' }, context: { issues } });
    expect(error.message).toBe(`The spec has 2 problems.\n${formatIssues(issues)}`);
    expect(specInvalid(issues.slice(0, 1)).message).toMatch(/^The spec has a problem\.\n/);
  });

  it('lists alternatives', () => {
    expect(alternatives([])).toBe('nothing');
    expect(alternatives(['a'])).toBe('"a"');
    expect(alternatives(['a', 1, true])).toBe('"a", 1 or true');
    expect(alternatives(Array.from({ length: 23 }, (_, index) => index))).toMatch(/18, 19 or one of 3 more$/);
  });

  it('names what was there, shortened, and hides texts when asked', () => {
    expect(receivedText(undefined)).toBe('nothing');
    expect(receivedText(null)).toBe('null');
    expect(receivedText([1, 2])).toBe('a list of 2');
    expect(receivedText({})).toBe('an object');
    expect(receivedText('x'.repeat(81))).toBe(`"${'x'.repeat(80)}…"`);
    expect(receivedText('hunter2', true)).toBe('a text of 7 characters');
  });

  it('suggests a name only when it is near', () => {
    expect(suggestionFor('lcoal', ['lake', 'local'])).toBe(' Did you mean "local"?');
    expect(suggestionFor('S', ['s', 'x'])).toBe(' Did you mean "s"?');
    expect(suggestionFor('y', ['s', 'x'])).toBe('');
    expect(suggestionFor('warehouse', ['local'])).toBe('');
    expect(suggestionFor(5, ['5'])).toBe('');
  });
});
