import { CalveError } from '@calve/core/plugin';
import { headOf } from './select.ts';
import type { TableMetadata } from './table-metadata.ts';
import { MAIN_BRANCH } from './table-metadata.ts';
import type { TableRequirement } from './table-requirement.ts';

/**
 * Compares a table with what a commit asserts. Pure.
 *
 * @param metadata `null`: there is no table.
 * @returns One sentence per requirement that does not hold; none when the commit may be applied.
 * @throws {CalveError} `ICEBERG_REQUIREMENT_UNSUPPORTED`: a requirement that we do not know is never taken as fulfilled.
 */
export function checkRequirements(metadata: TableMetadata | null, requirements: readonly TableRequirement[]): string[] {
  return requirements.flatMap((requirement) => failure(metadata, requirement) ?? []);
}

function failure(metadata: TableMetadata | null, requirement: TableRequirement): string | null {
  if (requirement.type === 'assert-create') return metadata === null ? null : 'the table exists already';
  if (metadata === null) return `the table does not exist, which ${requirement.type} needs`;
  switch (requirement.type) {
    case 'assert-table-uuid':
      return expected('table-uuid', metadata['table-uuid'], requirement.uuid);
    case 'assert-ref-snapshot-id': {
      const actual =
        requirement.ref === MAIN_BRANCH ? headOf(metadata) : (metadata.refs?.[requirement.ref]?.['snapshot-id'] ?? null);
      return expected(`ref ${requirement.ref}`, actual, requirement['snapshot-id']);
    }
    case 'assert-last-assigned-field-id':
      return expected('last-column-id', metadata['last-column-id'], requirement['last-assigned-field-id']);
    case 'assert-current-schema-id':
      return expected('current-schema-id', metadata['current-schema-id'], requirement['current-schema-id']);
    case 'assert-last-assigned-partition-id':
      return expected('last-partition-id', metadata['last-partition-id'], requirement['last-assigned-partition-id']);
    case 'assert-default-spec-id':
      return expected('default-spec-id', metadata['default-spec-id'], requirement['default-spec-id']);
    case 'assert-default-sort-order-id':
      return expected('default-sort-order-id', metadata['default-sort-order-id'], requirement['default-sort-order-id']);
    default: {
      const { type } = requirement as { type: string };
      throw new CalveError('ICEBERG_REQUIREMENT_UNSUPPORTED', `The commit asserts "${type}", which this catalog does not know.`, {
        context: { requirement: type },
      });
    }
  }
}

function expected<T extends string | number | bigint | null>(what: string, actual: T, wanted: T): string | null {
  return actual === wanted ? null : `${what} is ${actual ?? 'absent'}, not ${wanted ?? 'absent'}`;
}
