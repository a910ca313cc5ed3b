import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { withPreviousFile } from './metadata-log.ts';
import { parseTableMetadata } from './parse-metadata.ts';
import { reduceMetadata } from './reduce-metadata.ts';
import { ancestry, findSnapshot, headOf, schemaOf, specOf } from './select.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';
import type { TableUpdate } from './table-update.ts';

const golden = (number: number): TableMetadata =>
  parseTableMetadata(fixtureText(`pyiceberg-0000${number}.metadata.json`), `golden ${number}`);
const locationOf = (number: number): string => golden(3)['metadata-log']?.[number]?.['metadata-file'] ?? '';

/** A snapshot that may be appended to this table. */
function nextSnapshot(metadata: TableMetadata, id: bigint): Snapshot {
  const parent = headOf(metadata);
  return {
    'snapshot-id': id,
    ...(parent === null ? {} : { 'parent-snapshot-id': parent }),
    'sequence-number': metadata['last-sequence-number'] + 1n,
    'timestamp-ms': metadata['last-updated-ms'] + 5n,
    'manifest-list': `file:///t/metadata/snap-${id}.avro`,
    summary: { operation: 'append' },
    'schema-id': metadata['current-schema-id'],
  };
}

const append = (metadata: TableMetadata, id: bigint): TableUpdate[] => [
  { action: 'add-snapshot', snapshot: nextSnapshot(metadata, id) },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': id },
];

describe('reduceMetadata', () => {
  it.each([1, 2])('makes of PyIceberg’s metadata %i the one that PyIceberg made of it by an append', (number) => {
    const before = golden(number - 1);
    const after = golden(number);
    const snapshot = after.snapshots?.at(-1) as Snapshot;
    const reduced = reduceMetadata(
      before,
      [
        { action: 'add-snapshot', snapshot },
        { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': snapshot['snapshot-id'] },
      ],
      after['last-updated-ms'],
    );
    expect(withPreviousFile(reduced, { metadataLocation: locationOf(number - 1), metadata: before })).toEqual(after);
  });

  it('makes of PyIceberg’s metadata 2 the one that PyIceberg made of it by a new column', () => {
    const after = golden(3);
    const reduced = reduceMetadata(
      golden(2),
      [
        { action: 'add-schema', schema: schemaOf(after), 'last-column-id': 6 },
        { action: 'set-current-schema', 'schema-id': -1 },
      ],
      after['last-updated-ms'],
    );
    expect(withPreviousFile(reduced, { metadataLocation: locationOf(2), metadata: golden(2) })).toEqual(after);
  });

  it('creates a table like the one that PyIceberg created', () => {
    const wanted = golden(0);
    const created = reduceMetadata(
      null,
      [
        { action: 'assign-uuid', uuid: wanted['table-uuid'] },
        { action: 'upgrade-format-version', 'format-version': 2 },
        { action: 'add-schema', schema: schemaOf(wanted) },
        { action: 'set-current-schema', 'schema-id': -1 },
        { action: 'add-spec', spec: specOf(wanted) },
        { action: 'set-default-spec', 'spec-id': -1 },
        { action: 'add-sort-order', 'sort-order': { 'order-id': 0, fields: [] } },
        { action: 'set-default-sort-order', 'sort-order-id': -1 },
        { action: 'set-location', location: wanted.location },
        { action: 'set-properties', updates: wanted.properties ?? {} },
      ],
      wanted['last-updated-ms'],
    );
    const { 'current-snapshot-id': none, ...rest } = created;
    expect(none).toBe(-1n);
    expect({ ...wanted, ...rest }).toEqual({
      ...rest,
      statistics: [],
      'partition-statistics': [],
      ...('current-snapshot-id' in wanted ? { 'current-snapshot-id': wanted['current-snapshot-id'] } : {}),
    });
  });

  const base = golden(2);
  const stale = { ...nextSnapshot(base, 5n), 'sequence-number': base['last-sequence-number'] };
  const refusals: [string, TableUpdate[], RegExp][] = [
    ['a snapshot id that exists', append(base, headOf(base) as bigint), /exists already/],
    ['a stale sequence number', [{ action: 'add-snapshot', snapshot: stale }], /sequence number/],
    [
      'a branch to a snapshot that is not there',
      [{ action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 1n }],
      /not there/,
    ],
    ['another uuid', [{ action: 'assign-uuid', uuid: 'another' }], /uuid/],
    ['a lower format version', [{ action: 'upgrade-format-version', 'format-version': 1 }], /format version/],
    ['a higher format version than ours', [{ action: 'upgrade-format-version', 'format-version': 3 }], /format version/],
    ['a schema id that exists', [{ action: 'add-schema', schema: schemaOf(base) }], /schema 0 already/],
    ['a schema id that does not exist', [{ action: 'set-current-schema', 'schema-id': 7 }], /no schema 7/],
    ['-1 for a schema without a new one', [{ action: 'set-current-schema', 'schema-id': -1 }], /adds none/],
    ['a spec id that exists', [{ action: 'add-spec', spec: specOf(base) }], /spec 0 already/],
    ['a spec id that does not exist', [{ action: 'set-default-spec', 'spec-id': 7 }], /no partition spec 7/],
    ['a sort order that does not exist', [{ action: 'set-default-sort-order', 'sort-order-id': 7 }], /no sort order 7/],
  ];
  it.each(refusals)('refuses %s', (_what, updates, message) => {
    expect(() => reduceMetadata(base, updates, 0n)).toThrow(
      expect.objectContaining({ code: 'ICEBERG_UPDATE_REFUSED', message: expect.stringMatching(message) }),
    );
  });

  it('refuses an update that it does not know, and a new table that lacks something', () => {
    const unknown = { action: 'shuffle' } as unknown as TableUpdate;
    expect(() => reduceMetadata(base, [unknown], 0n)).toThrow(expect.objectContaining({ code: 'ICEBERG_UPDATE_UNSUPPORTED' }));
    expect(() => reduceMetadata(null, [{ action: 'assign-uuid', uuid: 'u' }], 0n)).toThrow(
      expect.objectContaining({ code: 'ICEBERG_UPDATE_REFUSED' }),
    );
  });

  it('never lets time go back, and changes nothing of what it was given', () => {
    const frozen = structuredClone(base);
    const next = reduceMetadata(base, append(base, 5n), 0n);
    expect(next['last-updated-ms']).toBe(base['last-updated-ms'] + 5n);
    expect(base).toEqual(frozen);
  });

  it('removes snapshots with what points to them, and cuts the log behind the gap', () => {
    const two = reduceMetadata(base, append(base, 5n), 0n);
    const removed = base.snapshots?.at(-1)?.['snapshot-id'] as bigint;
    const next = reduceMetadata(
      two,
      [
        { action: 'set-snapshot-ref', 'ref-name': 'tag', type: 'tag', 'snapshot-id': removed },
        { action: 'remove-snapshots', 'snapshot-ids': [removed] },
      ],
      0n,
    );
    expect(next.refs).toEqual({ main: { type: 'branch', 'snapshot-id': 5n } });
    expect(next['snapshot-log']?.map((entry) => entry['snapshot-id'])).toEqual([5n]);
    expect(findSnapshot(next, removed)).toBeUndefined();
    expect(headOf(next)).toBe(5n);
  });

  it('keeps its invariants over random lists of updates', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), id: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }) }),
      fc.record({ kind: fc.constant('expire' as const), at: fc.nat(5) }),
      fc.record({ kind: fc.constant('rollback' as const), at: fc.nat(5) }),
      fc.record({ kind: fc.constant('property' as const), name: fc.constantFrom('a', 'b'), value: fc.string() }),
    );
    const updatesOf = (metadata: TableMetadata, one: typeof step extends fc.Arbitrary<infer T> ? T : never): TableUpdate[] => {
      const at = 'at' in one ? metadata.snapshots?.[one.at]?.['snapshot-id'] : undefined;
      if (one.kind === 'append') return findSnapshot(metadata, one.id) ? [] : append(metadata, one.id);
      if (one.kind === 'property') return [{ action: 'set-properties', updates: { [one.name]: one.value } }];
      if (at === undefined) return [];
      return one.kind === 'rollback'
        ? [{ action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': at }]
        : at === headOf(metadata)
          ? []
          : [{ action: 'remove-snapshots', 'snapshot-ids': [at] }];
    };
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 45n }), { minLength: 30, maxLength: 30 }),
        (steps, times) => {
          let metadata = golden(1);
          for (const [at, one] of steps.entries()) {
            const next = reduceMetadata(metadata, updatesOf(metadata, one), times[at] as bigint);
            expect(next['last-updated-ms'] >= metadata['last-updated-ms']).toBe(true);
            expect(next['last-sequence-number'] >= metadata['last-sequence-number']).toBe(true);
            expect(next['last-column-id']).toBeGreaterThanOrEqual(metadata['last-column-id']);
            expect(next['table-uuid']).toBe(metadata['table-uuid']);
            const head = headOf(next);
            expect(head === null || findSnapshot(next, head) !== undefined).toBe(true);
            expect(next['current-snapshot-id']).toBe(head ?? -1n);
            const ids = next.snapshots?.map((snapshot) => snapshot['snapshot-id']) ?? [];
            expect(new Set(ids).size).toBe(ids.length);
            expect(next['snapshot-log']?.every((entry) => ids.includes(entry['snapshot-id']))).toBe(true);
            const sequences = [...ancestry(next, head)].map((snapshot) => snapshot['sequence-number']);
            expect(sequences.every((sequence, index) => index === 0 || sequence < (sequences[index - 1] as bigint))).toBe(true);
            metadata = next;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('withPreviousFile', () => {
  it('cuts the log at the limit of the table', () => {
    let metadata = reduceMetadata(
      golden(0),
      [{ action: 'set-properties', updates: { 'write.metadata.previous-versions-max': '2' } }],
      0n,
    );
    for (const name of ['a', 'b', 'c']) metadata = withPreviousFile(metadata, { metadataLocation: name, metadata });
    expect(metadata['metadata-log']?.map((entry) => entry['metadata-file'])).toEqual(['b', 'c']);
  });
});
