import { CalveError } from '../errors/calve-error.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import type { ColumnType, Field } from './column-type.ts';
import type { ColumnOptions } from './column-type-words.ts';

/**
 * Objects with these members; other members of the files are left out. What else is said of the column (`nulls`, `trim`, `parse`, `formats`,
 * `onFailure`) goes for all values inside.
 *
 * @param members By name, as the files spell it.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): no members, or one with settings of its own beside its type.
 *
 * @example
 * struct({ name: string(), address: struct({ zip: string() }), tags: list(string()) })
 */
export function struct(members: Readonly<Record<string, ColumnSpec>>, options: NestedOptions = {}): ColumnSpec {
  const entries = Object.entries(members);
  if (entries.length === 0) throw invalid('struct({}): a struct needs at least one member.');
  return nested({ kind: 'struct', fields: entries.map(([name, spec]) => inside(name, spec, `struct({ ${name}: … })`)) }, options);
}

/**
 * Lists of one type.
 *
 * @throws {CalveError} `SPEC_INVALID` (fix-input): the element has settings of its own beside its type.
 *
 * @example
 * list(struct({ sku: string(), quantity: int64() }))
 */
export function list(element: ColumnSpec, options: NestedOptions = {}): ColumnSpec {
  return nested({ kind: 'list', element: inside('element', element, 'list(…)') }, options);
}

/**
 * Objects whose keys are data and no names.
 *
 * @param key A type that texts can become, mostly `string()`.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): key or value have settings of their own beside their type, or the key is nested.
 *
 * @example
 * map(string(), decimal(12, 2))
 */
export function map(key: ColumnSpec, value: ColumnSpec, options: NestedOptions = {}): ColumnSpec {
  const keyField = { ...inside('key', key, 'map(…)'), required: true };
  if (['struct', 'list', 'map'].includes(keyField.type.kind))
    throw invalid('map(…): the key of a map is no struct, list or map.');
  return nested({ kind: 'map', key: keyField, value: inside('value', value, 'map(…)') }, options);
}

/** What can be said of a nested column beside its type. */
export type NestedOptions = ColumnOptions & Pick<ColumnSpec, 'formats'>;

function inside(name: string, { type, ...settings }: ColumnSpec, where: string): Field {
  const [other] = Object.keys(settings);
  if (other !== undefined)
    throw invalid(
      `${where}: "${other}" cannot be said of one place inside; say it of the column, where it goes for all of them.`,
    );
  if (!type) throw invalid(`${where}: each place inside needs a type, such as string().`);
  return { name, type, required: false };
}

function nested(type: ColumnType, options: NestedOptions): ColumnSpec {
  return Object.freeze<ColumnSpec>({ ...options, type: Object.freeze(type) });
}

function invalid(message: string): CalveError {
  return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input' });
}
