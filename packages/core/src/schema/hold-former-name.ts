import { columnFix, type Fix } from '../findings/column-fixes.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';

/**
 * A column of the table went on under another name, and files that still have the former one would undo that without a word: a column of the old name
 * comes back, and the present one is null. Such files wait, unless the spec says what their column is, or they have the present name too.
 *
 * @returns True when a unit waits.
 */
export function holdFormerName({ name, source, declared, table, seen }: CandidateColumn, debate: ColumnDebate): boolean {
  const { renamed = [], declared: columns, units } = debate.question;
  if (declared || table || source.length > 1) return false;
  const present = renamed.find(({ from }) => from[0]?.toLowerCase() === name.toLowerCase())?.to[0];
  if (present === undefined) return false;
  const spec = columnSpecOf(columns, present);
  if (spec?.spec.from) return false;
  const hasPresent = (unit: number): boolean =>
    units[unit]?.fields.some(({ field }) => field.name.toLowerCase() === present.toLowerCase()) ?? false;
  const undoing = seen.filter(({ unit }) => !hasPresent(unit));
  const goesOn = columnFix(`Load it into "${present}", which had this name before`, present, spec, { renamedFrom: name });
  const fixes: Fix[] = [
    // One former name is all that a spec can say.
    ...(spec?.spec.renamedFrom === undefined ? [goesOn] : []),
    columnFix(`Make "${name}" a new column beside "${present}"`, name, null, { from: [name] }),
  ];
  for (const { unit } of undoing) {
    const message = `${debate.uriOf(unit)} waits: its column "${name}" is called "${present}" in the table since it was renamed, and nothing in the spec says that it still is the same.`;
    const at = { unit: debate.question.names[unit]?.key ?? '', column: name };
    debate.hold(unit, { code: 'SCHEMA_COLUMN_HELD', severity: 'warning', message, at, fixes });
  }
  return undoing.length > 0;
}
