import { canonicalJson } from '../json/canonical-json.ts';
import { nestedTypeIssues } from './check-nested-types.ts';
import { renamingIssues } from './check-renamings.ts';
import { describeIssue, receivedText } from './describe-issue.ts';
import { jsonPointer, type Segment, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/**
 * The rules that outputs have among themselves: unique names, accepted rows first, rejected rows at most once and without columns,
 * no two outputs with the same target. Reads what is well formed and passes over the rest.
 *
 * @param draft The spec with validated options.
 */
export function checkOutputs(draft: unknown): SpecIssue[] {
  const outputs = valueAt(draft, ['outputs']);
  if (!Array.isArray(outputs)) return [];
  const issues: SpecIssue[] = [];
  const refuse = (at: Segment[], expected: string, received: string): void => {
    issues.push(describeIssue({ code: 'SPEC_INVALID', path: jsonPointer(['outputs', ...at]), expected, received }));
  };

  const names = new Set<string>();
  const targets = new Map<string, number>();
  let rejected = 0;
  for (const [index, output] of outputs.entries()) {
    const name = valueAt(output, ['name']);
    if (typeof name === 'string') {
      if (names.has(name)) refuse([index, 'name'], 'a name that no other output has', receivedText(name));
      names.add(name);
    }
    const rows = valueAt(output, ['rows']) ?? 'accepted';
    // Other rows are not executable yet, and an issue of their own says so.
    if (index === 0 && rows === 'rejected') refuse([index, 'rows'], '"accepted" for the first output', '"rejected"');
    if (index > 0 && typeof rows === 'object') refuse([index, 'rows'], '"accepted" or "rejected"', 'a list to explode');
    if (index > 0 && valueAt(output, ['flatten']) !== undefined)
      refuse([index, 'flatten'], 'it for the first output only', 'another one');
    for (const [path, message] of nestedTypeIssues(valueAt(output, ['columns'])))
      refuse([index, 'columns', ...path], message, 'this type');
    for (const [path, message] of renamingIssues(valueAt(output, ['columns'])))
      refuse([index, 'columns', ...path], message, 'this name');
    if (rows === 'rejected') {
      rejected += 1;
      if (rejected === 2) refuse([index, 'rows'], 'at most one output for rejected rows', 'a second one');
      const columns = Object.keys((valueAt(output, ['columns']) as object | null | undefined) ?? {});
      if (columns.length > 0) {
        refuse([index, 'columns'], 'no columns, since those of rejected rows are fixed', `${columns.length} of them`);
      }
    }
    const target = canonicalJson([valueAt(output, ['sink']) ?? null, valueAt(output, ['options']) ?? {}]);
    const twin = targets.get(target);
    if (twin === undefined) targets.set(target, index);
    else refuse([index, 'options'], 'a table of its own', `the same sink and options as /outputs/${twin}`);
  }
  return issues;
}
