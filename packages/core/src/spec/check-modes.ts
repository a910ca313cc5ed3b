import { describeIssue, receivedText } from './describe-issue.ts';
import type { IngestionSpec } from './ingestion-spec.ts';
import { jsonPointer, type Segment, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/** Provenance that tells which rows of a table are those of a file. */
const NAMES_THE_FILE = ['source-file', 'source-version'];

/** Types of which equal values cannot be told from each other by their bytes, or that are no single values. */
const NO_KEYS = ['float32', 'float64', 'struct', 'list', 'map'];

/**
 * What ways of writing ask of the rest of the spec: rejected rows are appended, keys are columns that have equal values or not, and rows of a
 * file can be replaced only where rows name their file. Reads what is well formed and passes over the rest.
 *
 * @param draft The spec with validated options.
 */
export function checkModes(draft: unknown): SpecIssue[] {
  const outputs = valueAt(draft, ['outputs']);
  if (!Array.isArray(outputs)) return [];
  const issues: SpecIssue[] = [];
  const refuse = (at: Segment[], expected: string, received: string): void => {
    issues.push(describeIssue({ code: 'SPEC_INVALID', path: jsonPointer(at), expected, received }));
  };
  for (const [index, output] of outputs.entries()) {
    const kind = valueAt(output, ['mode', 'kind']);
    if (valueAt(output, ['rows']) === 'rejected' && kind !== undefined && kind !== 'append')
      refuse(['outputs', index, 'mode', 'kind'], '"append", since rejected rows are only added', receivedText(kind));
    if (kind !== 'merge') continue;
    for (const member of ['keys', 'newest']) {
      const names = valueAt(output, ['mode', member]);
      if (!Array.isArray(names)) continue;
      for (const [at, name] of names.entries()) {
        const place = ['outputs', index, 'mode', member, at];
        if (names.indexOf(name) < at) refuse(place, 'each column once', `${receivedText(name)} twice`);
        const column = typeof name === 'string' ? valueAt(output, ['columns', name]) : undefined;
        const type = valueAt(column, ['type', 'kind']);
        if (valueAt(column, ['drop']) !== undefined)
          refuse(place, 'a column of the table', `${receivedText(name)}, which is dropped`);
        else if (typeof type === 'string' && !canCompare(type, member === 'keys'))
          refuse(place, `a column whose values can be compared exactly`, `${receivedText(name)} of type ${type}`);
      }
    }
  }
  if (valueAt(draft, ['input', 'onChanged']) === 'replace') {
    const issue = replaceIssueOf(valueAt(outputs[0], ['mode', 'kind']), valueAt(outputs[0], ['provenance']));
    if (issue !== null) refuse(['input', 'onChanged'], issue, '"replace"');
  }
  return issues;
}

/** Whether a column of this type may be one of `keys`, or one of `newest`. */
export function canCompare(kind: string, isKey: boolean): boolean {
  return !NO_KEYS.includes(kind) || (!isKey && kind.startsWith('float'));
}

/** Why rows of a file cannot be replaced with this spec, as what is expected instead; null: they can. */
export function replaceIssue({ outputs }: Pick<IngestionSpec, 'outputs'>): string | null {
  return replaceIssueOf(outputs[0]?.mode?.kind, outputs[0]?.provenance);
}

function replaceIssueOf(mode: unknown, provenance: unknown): string | null {
  if (mode === 'overwrite-partitions' || mode === 'overwrite-table')
    return '"hold", "ignore" or "append" where whole partitions or tables are replaced';
  // Absent: the default has both.
  const isTold =
    provenance === undefined || (Array.isArray(provenance) && NAMES_THE_FILE.every((name) => provenance.includes(name)));
  return isTold
    ? null
    : '"hold", "ignore" or "append", or the provenance columns "source-file" and "source-version" in the first output';
}
