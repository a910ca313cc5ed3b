import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { checkRequirements } from './check-requirements.ts';
import { parseTableMetadata } from './parse-metadata.ts';
import { headOf } from './select.ts';
import type { TableMetadata } from './table-metadata.ts';
import type { TableRequirement } from './table-requirement.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00003.metadata.json'), 'golden');

const all: [TableRequirement, Partial<TableMetadata>][] = [
  [{ type: 'assert-table-uuid', uuid: table['table-uuid'] }, { 'table-uuid': 'another' }],
  [
    { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': headOf(table) },
    { refs: { main: { type: 'branch', 'snapshot-id': (headOf(table) as bigint) + 1n } } },
  ],
  [
    { type: 'assert-ref-snapshot-id', ref: 'audit', 'snapshot-id': null },
    { refs: { ...table.refs, audit: { type: 'branch', 'snapshot-id': 1n } } },
  ],
  [{ type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 6 }, { 'last-column-id': 7 }],
  [{ type: 'assert-current-schema-id', 'current-schema-id': 1 }, { 'current-schema-id': 0 }],
  [{ type: 'assert-last-assigned-partition-id', 'last-assigned-partition-id': 1001 }, { 'last-partition-id': 1002 }],
  [{ type: 'assert-default-spec-id', 'default-spec-id': 0 }, { 'default-spec-id': 1 }],
  [{ type: 'assert-default-sort-order-id', 'default-sort-order-id': 0 }, { 'default-sort-order-id': 1 }],
];

describe('checkRequirements', () => {
  it('finds nothing wrong with the table that a commit was made for', () => {
    expect(
      checkRequirements(
        table,
        all.map(([requirement]) => requirement),
      ),
    ).toEqual([]);
  });

  it.each(all.map(([{ type }, change], at) => ({ type, at, change })))(
    'rejects exactly $type (number $at) when that changes',
    ({ change }) => {
      const failures = checkRequirements(
        { ...table, ...change },
        all.map(([requirement]) => requirement),
      );
      expect(failures).toHaveLength(1);
    },
  );

  it('rejects a head that differs in the last digit only', () => {
    const head = headOf(table) as bigint;
    expect(Number(head)).toBe(Number(head + 1n));
    expect(checkRequirements(table, [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': head + 1n }])).toHaveLength(1);
  });

  it('asserts absence and presence of the table', () => {
    expect(checkRequirements(null, [{ type: 'assert-create' }])).toEqual([]);
    expect(checkRequirements(table, [{ type: 'assert-create' }])).toHaveLength(1);
    for (const [requirement] of all) expect(checkRequirements(null, [requirement])).toHaveLength(1);
  });

  it('never takes a requirement that it does not know as fulfilled', () => {
    const unknown = { type: 'assert-weather' } as unknown as TableRequirement;
    expect(() => checkRequirements(table, [unknown])).toThrow(
      expect.objectContaining({ code: 'ICEBERG_REQUIREMENT_UNSUPPORTED' }),
    );
  });
});
