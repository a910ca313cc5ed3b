import { describe, expect, it } from 'vitest';
import { type Case, codesOf, columnsOf, found, patched, resolve } from './column-cases.fixture.ts';

/** A table whose column "client" goes on as "customer", and a spec that does not say so any more. */
const given: Case = {
  files: { 'new.csv': { id: ['1'], customer: ['Ann'] }, 'old.csv': { id: ['2'], Client: ['Bea'] } },
  table: { id: 'int64', customer: 'string' },
  renamed: { client: 'customer' },
};

describe('a file with a name that a column of the table had before it was renamed', () => {
  it.each(['add', 'hold', 'ignore', 'rescue'] as const)('waits, whatever becomes of new columns: %s', (onNewColumn) => {
    const answer = resolve({ ...given, policy: { onNewColumn } });
    expect([...answer.held.keys()]).toEqual([1]);
    expect(found(answer, 'SCHEMA_COLUMN_HELD')).toMatchObject({
      message: expect.stringContaining('its column "Client" is called "customer" in the table'),
      at: { unit: 'key of old.csv', column: 'Client' },
      fixes: [
        { specPatch: [{ op: 'add', path: '/outputs/0/columns/customer', value: { renamedFrom: 'Client' } }] },
        { specPatch: [{ op: 'add', path: '/outputs/0/columns/Client', value: { from: ['Client'] } }] },
      ],
    });
    expect(columnsOf(answer)).toEqual(['id: int64 (table)', 'customer: string (table)']);
    expect(codesOf(answer)).toEqual([]);
  });

  it('is loaded with a new column once the spec declares one', () => {
    const finding = found(resolve(given), 'SCHEMA_COLUMN_HELD');
    const answer = resolve(patched(given, { ...finding, fixes: finding.fixes!.slice(1) }));
    expect(answer.held.size).toBe(0);
    expect(columnsOf(answer)).toContain('Client: string (inferred)');
    expect(resolve({ ...given, declared: { client: { type: { kind: 'string' } } } }).held.size).toBe(0);
  });

  it('is loaded when it has the present name too, or the spec says what fills the column', () => {
    const both = { ...given, files: { 'both.csv': { id: ['1'], customer: ['Ann'], client: ['7'] } } };
    expect(resolve(both).held.size).toBe(0);
    expect(columnsOf(resolve(both))).toContain('client: int64 (inferred)');
    expect(resolve({ ...given, declared: { customer: { from: ['id'] } } }).held.size).toBe(0);
  });

  it('is told of one former name only where the spec says another', () => {
    const { fixes } = found(resolve({ ...given, declared: { customer: { renamedFrom: 'buyer' } } }), 'SCHEMA_COLUMN_HELD');
    expect(fixes).toHaveLength(1);
  });

  it('does not wait for a column without values', () => {
    expect(resolve({ ...given, files: { 'old.csv': { id: ['2'], client: [null] } } }).held.size).toBe(0);
  });
});
