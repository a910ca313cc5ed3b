import type { CommitIntent, TableState } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { TableFacts } from './operation/table-facts.ts';
import { type WriterFacts, writerConfiguration } from './writer-configuration.ts';

const MEBIBYTE = 1024 * 1024;
const intent = { sequence: 7, commitId: 'c', writerId: 'w' } as CommitIntent;
const property = 'write.parquet.row-group-size-bytes';

function rowGroupBytes(facts: Partial<WriterFacts>): number {
  const fields = [{ name: 'id', id: 1, type: { kind: 'int64' }, required: false }] as const;
  const location = 'file:///lake/sales/orders';
  return writerConfiguration(intent, { target: { table: 'sales.orders' }, fields, state: 'absent', location, ...facts })
    .rowGroupBytes;
}

function tableWith(properties: Record<string, string>): TableState {
  const raw: TableFacts = {
    formatVersion: 2,
    location: 'file:///lake/sales/orders',
    lastColumnId: 1,
    identifierFieldIds: [],
    partition: [],
    layoutSources: [],
    sortOrders: [],
    lastSortOrderId: 0,
    properties,
  };
  return { identity: 'uuid', fields: [], schemaId: 0, partitionSpecId: 0, raw } as unknown as TableState;
}

describe('the size of row groups', () => {
  it('is 24 MiB when nobody says otherwise', () => {
    expect(rowGroupBytes({})).toBe(24 * MEBIBYTE);
    expect(rowGroupBytes({ state: tableWith({}) })).toBe(24 * MEBIBYTE);
  });

  it.each([
    ['1048576', MEBIBYTE],
    ['33554432', 32 * MEBIBYTE],
    ['33554433', 32 * MEBIBYTE],
    ['134217728', 32 * MEBIBYTE],
    ['0', 24 * MEBIBYTE],
    ['much', 24 * MEBIBYTE],
  ])('follows the table property %s up to 32 MiB', (text, expected) => {
    expect(rowGroupBytes({ state: tableWith({ [property]: text }) })).toBe(expected);
    expect(rowGroupBytes({ target: { table: 'sales.orders', properties: { [property]: text } } })).toBe(expected);
  });
});
