import { type Segment, valueAt } from './json-pointer.ts';

/**
 * What the columns of an output may not declare inside of structs, lists and maps: a place, and the phrase after "expected". Reads what is well
 * formed and passes over the rest.
 */
export function nestedTypeIssues(columns: unknown): [path: Segment[], expected: string][] {
  if (columns === null || typeof columns !== 'object') return [];
  return Object.entries(columns).flatMap(([name, column]) => typeIssues(valueAt(column, ['type']), [name, 'type'], false));
}

function typeIssues(type: unknown, path: Segment[], isInside: boolean): [Segment[], string][] {
  const kind = valueAt(type, ['kind']);
  if (kind === 'unknown' && isInside) return [[[...path, 'kind'], 'a type that can be written']];
  if (kind === 'list') return typeIssues(valueAt(type, ['element', 'type']), [...path, 'element', 'type'], true);
  if (kind === 'map') {
    const required = valueAt(type, ['key', 'required']);
    const key: [Segment[], string][] =
      required === false ? [[[...path, 'key', 'required'], 'true, since a key is never null']] : [];
    return [
      ...key,
      ...typeIssues(valueAt(type, ['key', 'type']), [...path, 'key', 'type'], true),
      ...typeIssues(valueAt(type, ['value', 'type']), [...path, 'value', 'type'], true),
    ];
  }
  const fields = kind === 'struct' ? valueAt(type, ['fields']) : [];
  if (!Array.isArray(fields)) return [];
  const names = new Set<string>();
  return fields.flatMap((field, index): [Segment[], string][] => {
    const at = [...path, 'fields', index];
    const name = valueAt(field, ['name']);
    const folded = typeof name === 'string' ? name.toLowerCase() : `\u0000${index}`;
    const twin: [Segment[], string][] = names.has(folded) ? [[[...at, 'name'], 'names that differ in more than case']] : [];
    names.add(folded);
    return [...twin, ...typeIssues(valueAt(field, ['type']), [...at, 'type'], true)];
  });
}
