import { describe, expect, it } from 'vitest';
import { BadRequest, brokenRequirement, type SimulatedUpdate, updatedMetadata } from './table-metadata.ts';

const snapshot = (id: bigint, sequence: bigint): SimulatedUpdate => ({
  action: 'add-snapshot',
  snapshot: { 'snapshot-id': id, 'sequence-number': sequence, 'timestamp-ms': 0n, 'manifest-list': 'list', summary: {} },
});
const head = (id: bigint): SimulatedUpdate => ({
  action: 'set-snapshot-ref',
  'ref-name': 'main',
  type: 'branch',
  'snapshot-id': id,
});
const table = updatedMetadata(null, [{ action: 'assign-uuid', uuid: 'u' }, snapshot(7n, 1n), head(7n)], 5);

describe('the simulated catalog', () => {
  it('checks what a commit asserts', () => {
    expect(brokenRequirement(null, [{ type: 'assert-create' }])).toBeNull();
    expect(brokenRequirement(table, [{ type: 'assert-create' }])).toEqual({ type: 'assert-create' });
    expect(brokenRequirement(table, [{ type: 'assert-table-uuid', uuid: 'u' }])).toBeNull();
    const asserted = (id: bigint | null) => [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': id }];
    expect(brokenRequirement(table, asserted(7n))).toBeNull();
    expect(brokenRequirement(table, asserted(6n))).not.toBeNull();
    expect(brokenRequirement(table, asserted(null))).not.toBeNull();
    expect(() => brokenRequirement(table, [{ type: 'assert-anything' }])).toThrow(BadRequest);
  });

  it('refuses snapshots that are not new, and leaves the table before as it was', () => {
    const next = updatedMetadata(table, [snapshot(8n, 2n), head(8n), { action: 'set-properties', updates: { a: '1' } }], 6);
    expect(next.refs['main']?.['snapshot-id']).toBe(8n);
    expect(table.snapshots).toHaveLength(1);
    expect(table.properties).toEqual({});
    expect(() => updatedMetadata(next, [snapshot(7n, 3n)], 7)).toThrow('exists');
    expect(() => updatedMetadata(next, [snapshot(9n, 2n)], 7)).toThrow('not new');
    expect(() => updatedMetadata(next, [head(99n)], 7)).toThrow('does not exist');
    expect(() => updatedMetadata(next, [{ action: 'remove-snapshots', 'snapshot-ids': [8n] }], 7)).toThrow('does not exist');
    expect(() => updatedMetadata(next, [{ action: 'anything' }], 7)).toThrow(BadRequest);
  });
});
