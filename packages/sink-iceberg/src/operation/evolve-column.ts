import type { ColumnType, Field, Json, Path, TableChange } from '@calve/core/plugin';
import { sameType, typeText } from '@calve/core/plugin';
import { assignIds } from '../spec/assign-ids.ts';
import { isLegalWidening } from '../spec/legal-widening.ts';
import { icebergTypeOf, schemaFieldsOf } from '../spec/schema-columns.ts';
import { notice } from './change-notice.ts';
import { typeIssue } from './type-issue.ts';

/** What planning an evolution collects while it goes through the columns. */
export interface EvolutionInProgress {
  table: string;
  /** Ids of the columns that identify a row. */
  identifierFieldIds: readonly number[];
  /** Highest id that the table has used, or that was given to a new field so far. */
  lastId: number;
  changes: TableChange[];
}

/**
 * A column or member of a struct as it has to be to take what is to be written, with the changes that make it so.
 *
 * @param wanted What is to be written; `undefined`: nothing, the column stays and gets null.
 * @returns The field afterwards, or why there is none, in plain words.
 */
export function evolveField(
  existing: Field,
  wanted: Field | undefined,
  path: Path,
  progress: EvolutionInProgress,
): Field | string {
  const type = wanted ? evolveType(existing.type, wanted.type, path, progress) : existing.type;
  if (typeof type === 'string') return type;
  const result = type === existing.type ? existing : { ...existing, type };
  if (!existing.required || wanted?.required) return result;
  if (progress.identifierFieldIds.includes(existing.id as number))
    return `the column "${pathText(path)}" identifies rows of the table and refuses null, but null may be written`;
  const message = `The column "${pathText(path)}" may be null from now on: ${wanted ? 'what comes may be null' : 'it is missing in what comes'}.`;
  progress.changes.push({
    kind: 'make-optional',
    path,
    before: true,
    after: false,
    reason: notice('ICEBERG_COLUMN_OPTIONAL', message),
  });
  return { ...result, required: false };
}

/** The field for a column or member that the table lacks, or why it cannot have it, in plain words. @param siblings Beside it. */
export function addField(wanted: Field, siblings: readonly Field[], path: Path, progress: EvolutionInProgress): Field | string {
  const name = pathText(path);
  const similar = siblings.find((sibling) => sibling.name.toLowerCase() === wanted.name.toLowerCase());
  if (similar)
    return `the new column "${name}" differs from the table's column "${similar.name}" only in upper and lower case, which Spark cannot read`;
  const issue = typeIssue(wanted.type);
  if (issue !== null) return `the new column "${name}" ${issue}`;
  const { fields, lastId } = assignIds([{ ...wanted, required: false }], progress.lastId);
  progress.lastId = lastId;
  const [field] = fields as [Field];
  const [after] = schemaFieldsOf([field]) as unknown as [Json];
  const message = `The new column "${name}" (${typeText(field.type)}) is added to ${progress.table}; earlier rows have null in it.`;
  progress.changes.push({ kind: 'add-column', path, before: null, after, reason: notice('SCHEMA_COLUMN_ADDED', message) });
  return field;
}

/** How people write a path: `address.city`. */
export function pathText(path: Path): string {
  return path.join('.');
}

function evolveType(existing: ColumnType, wanted: ColumnType, path: Path, progress: EvolutionInProgress): ColumnType | string {
  if (existing.kind === 'struct' && wanted.kind === 'struct') return evolveStruct(existing, wanted.fields, path, progress);
  if (existing.kind === 'list' && wanted.kind === 'list') {
    const element = evolveField(existing.element, wanted.element, [...path, 'element'], progress);
    return typeof element === 'string' ? element : element === existing.element ? existing : { kind: 'list', element };
  }
  if (existing.kind === 'map' && wanted.kind === 'map') {
    if (!sameType(existing.key.type, wanted.key.type))
      return `the keys of the column "${pathText(path)}" are ${typeText(existing.key.type)} in the table and keys cannot change, but ${typeText(wanted.key.type)} is to be written`;
    const value = evolveField(existing.value, wanted.value, [...path, 'value'], progress);
    return typeof value === 'string' ? value : value === existing.value ? existing : { ...existing, value };
  }
  if (sameType(existing, wanted)) return existing;
  if (!isLegalWidening(existing, wanted))
    return `the column "${pathText(path)}" is ${typeText(existing)} in the table, but ${typeText(wanted)} is to be written${wayOut(existing, wanted)}`;
  const message = `The column "${pathText(path)}" is widened from ${typeText(existing)} to ${typeText(wanted)}.`;
  progress.changes.push({
    kind: 'widen-column',
    path,
    before: icebergTypeOf(existing) as unknown as Json,
    after: icebergTypeOf(wanted) as unknown as Json,
    reason: notice('ICEBERG_COLUMN_WIDENED', message),
  });
  return wanted;
}

function evolveStruct(
  existing: ColumnType & { kind: 'struct' },
  wanted: readonly Field[],
  path: Path,
  progress: EvolutionInProgress,
): ColumnType | string {
  const fields: Field[] = [];
  for (const member of existing.fields) {
    const found = wanted.find(({ name }) => name === member.name);
    const evolved = evolveField(member, found, [...path, member.name], progress);
    if (typeof evolved === 'string') return evolved;
    fields.push(evolved);
  }
  for (const member of wanted) {
    if (existing.fields.some(({ name }) => name === member.name)) continue;
    const added = addField(member, fields, [...path, member.name], progress);
    if (typeof added === 'string') return added;
    fields.push(added);
  }
  const isSame = fields.length === existing.fields.length && fields.every((field, at) => field === existing.fields[at]);
  return isSame ? existing : { kind: 'struct', fields };
}

/** What can be done where Iceberg cannot change the type. */
function wayOut(existing: ColumnType, wanted: ColumnType): string {
  if (existing.kind === 'decimal' && wanted.kind === 'decimal')
    return '; the digits after the point of a decimal cannot change: write to a column of another name, or declare the scale of the table';
  if (isLegalWidening(wanted, existing)) return '; declare the wider type of the table';
  if (existing.kind === 'string')
    return '; text stays text: declare the type for a new column that reads from the same one (earlier rows have null there), or load everything into another table under another ingestion id';
  return '; Iceberg cannot change the one into the other: write to a column of another name, or declare the type of the table';
}
