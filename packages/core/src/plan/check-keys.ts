import type { Field } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { CalveError } from '../errors/calve-error.ts';
import { canCompare } from '../spec/check-modes.ts';
import type { OutputSpec } from '../spec/ingestion-spec.ts';

/**
 * The columns by which rows are merged have to be there and have to be comparable. Pure.
 *
 * @param fields All columns of the table after the commit.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): a key or a `newest` column is missing, nested or, for keys, floating point.
 */
export function assertKeys({ mode, name: output }: Pick<OutputSpec, 'mode' | 'name'>, fields: readonly Field[]): void {
  if (mode?.kind !== 'merge') return;
  for (const member of ['keys', 'newest'] as const) {
    for (const name of mode[member]) {
      const field = fields.find((one) => one.name === name);
      const where = `Output "${output}" is merged by ${member === 'keys' ? 'the key' : 'the newest'} "${name}"`;
      if (!field)
        throw invalid(
          `${where}, and neither the files nor the table have this column; they have ${namesOf(fields)}.`,
          member,
          name,
        );
      if (!canCompare(field.type.kind, member === 'keys'))
        throw invalid(
          `${where}, which is ${typeText(field.type)}: ${member === 'keys' ? 'keys are values that are equal or not, so no floating point and nothing nested' : 'nested values have no order'}. Declare it with another type, or name another column.`,
          member,
          name,
        );
    }
  }
}

function namesOf(fields: readonly Field[]): string {
  const names = fields.slice(0, 20).map(({ name }) => `"${name}"`);
  return `${names.join(', ')}${fields.length > names.length ? ' and others' : ''}`;
}

function invalid(message: string, member: string, column: string): CalveError {
  return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input', context: { member, column } });
}
