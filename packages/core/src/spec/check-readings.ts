import type { ColumnType } from '../columns/column-type.ts';
import type { TextParse } from '../projection/projection.ts';
import { readingProblems } from '../projection/reading-problem.ts';
import { receivedText } from './describe-issue.ts';
import { jsonPointer, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/**
 * Patterns that are none, zones that nobody knows, settings that the type of their column has no use for. Reads what is well formed and
 * passes over the rest.
 *
 * @param known What the language has to say; columns of which it speaks are passed over.
 */
export function checkReadings(draft: unknown, known: readonly SpecIssue[]): SpecIssue[] {
  const outputs = valueAt(draft, ['outputs']);
  if (!Array.isArray(outputs)) return [];
  return outputs.flatMap((output, index) => {
    const columns = valueAt(output, ['columns']);
    if (typeof columns !== 'object' || columns === null) return [];
    return Object.entries(columns).flatMap(([name, column]) => {
      const at = ['outputs', index, 'columns', name];
      return known.some(({ path }) => `${path}/`.startsWith(`${jsonPointer(at)}/`)) ? [] : issuesOf(column, at);
    });
  });
}

function issuesOf(column: unknown, base: (string | number)[]): SpecIssue[] {
  const { type, formats = [], parse = {} } = (column ?? {}) as { type?: ColumnType; formats?: string[]; parse?: TextParse };
  return readingProblems(type, formats, parse).map(({ at, message, expected, known }) => ({
    code: 'SPEC_INVALID',
    path: jsonPointer([...base, ...at]),
    message,
    expected,
    received: receivedText(valueAt(column, at)),
    ...(known === undefined ? {} : { known: [...known] }),
  }));
}
