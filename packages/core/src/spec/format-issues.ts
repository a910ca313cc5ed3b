import { CalveError } from '../errors/calve-error.ts';
import type { SpecIssue } from './spec-issue.ts';

/** Issues as text for people, one line each: where, then what and what to do. */
export function formatIssues(issues: readonly SpecIssue[]): string {
  return issues.map((issue) => `${issue.path === '' ? 'the spec itself' : issue.path}: ${issue.message}`).join('\n');
}

/** The error that carries all issues of a spec: code `SPEC_INVALID`, recovery `fix-input`, the list in `context.issues`. */
export function specInvalid(issues: readonly SpecIssue[]): CalveError {
  const count = issues.length === 1 ? 'a problem' : `${issues.length} problems`;
  return new CalveError('SPEC_INVALID', `The spec has ${count}.\n${formatIssues(issues)}`, {
    recovery: 'fix-input',
    context: { issues: issues.map((issue) => ({ ...issue })) },
  });
}
