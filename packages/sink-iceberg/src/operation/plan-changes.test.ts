import type { ChangePlan, Field } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { existing, field, kinds, location, long, reason, table, target, text, time } from './plan-changes.fixture.ts';
import { planChanges } from './plan-changes.ts';

describe('planChanges for an absent table', () => {
  it('creates it with ids and partitioning', () => {
    const plan = planChanges(
      'absent',
      [field('id', long), field('at', time)],
      {
        ...target,
        partitionBy: [
          { transform: 'day', column: 'at' },
          { transform: 'bucket', column: 'id', buckets: 16 },
          { transform: 'identity', column: 'id' },
        ],
      },
      location,
    );
    expect(plan).toMatchObject({
      kind: 'changes',
      fields: [
        { name: 'id', id: 1 },
        { name: 'at', id: 2 },
      ],
      changes: [
        {
          kind: 'create-table',
          after: {
            location,
            partitioning: [
              { 'source-id': 2, 'field-id': 1000, transform: 'day', name: 'at_day' },
              { 'source-id': 1, 'field-id': 1001, transform: 'bucket[16]', name: 'id_bucket' },
              { 'source-id': 1, 'field-id': 1002, transform: 'identity', name: 'id' },
            ],
          },
        },
      ],
    });
    expect(plan.kind === 'changes' && plan.changes[0]?.reason.message).toMatch(
      /2 columns, partitioned by day\(at\), bucket\[16\]\(id\), identity\(id\)/,
    );
  });

  it('finds another name for a partition field that would be called like a column', () => {
    const plan = planChanges(
      'absent',
      [field('at', time), field('AT_day', text)],
      { ...target, partitionBy: [{ transform: 'day', column: 'at' }] },
      location,
    );
    expect(plan).toMatchObject({ changes: [{ after: { partitioning: [{ name: 'at_day_partition' }] } }] });
  });

  it('creates it with all that its options say', () => {
    const address: Field['type'] = { kind: 'struct', fields: [field('city', text), field('zip', text)] };
    const plan = planChanges(
      'absent',
      [field('id', long), field('at', time), field('address', address)],
      {
        ...target,
        partitionBy: [
          { transform: 'truncate', column: ['address', 'city'], width: 3 },
          { transform: 'month', column: 'at', name: 'at_m' },
        ],
        sortBy: [
          { column: ['address', 'zip'], nulls: 'last' },
          { column: 'id', transform: 'bucket', buckets: 4, direction: 'desc' },
        ],
        identifierFields: ['id'],
        required: [['address', 'city']],
        columnComments: { at: 'when' },
        comment: 'all orders',
        targetFileSizeBytes: 1_000_000,
        properties: { 'format-version': '2', owner: 'shop' },
      },
      location,
    );
    const [change] = plan.kind === 'changes' ? plan.changes : [];
    expect(change?.after).toMatchObject({
      fields: [
        { id: 1, name: 'id', required: true },
        { id: 2, name: 'at', doc: 'when' },
        {
          id: 3,
          name: 'address',
          required: false,
          type: {
            fields: [
              { id: 4, required: true },
              { id: 5, required: false },
            ],
          },
        },
      ],
      identifierFieldIds: [1],
      partitioning: [
        { 'source-id': 4, transform: 'truncate[3]', name: 'address.city_trunc' },
        { 'source-id': 2, transform: 'month', name: 'at_m' },
      ],
      sortOrder: [
        { 'source-id': 5, transform: 'identity', direction: 'asc', 'null-order': 'nulls-last' },
        { 'source-id': 1, transform: 'bucket[4]', direction: 'desc', 'null-order': 'nulls-last' },
      ],
      properties: { comment: 'all orders', owner: 'shop', 'write.target-file-size-bytes': '1000000' },
    });
    expect(change?.after).not.toHaveProperty(['properties', 'format-version']);
    expect(change?.reason.message).toContain(
      'partitioned by truncate[3](address.city), month(at), each file sorted by address.zip asc nulls last, bucket[4](id) desc nulls last',
    );
  });

  const impossible: [what: string, fields: Field[], more: Partial<IcebergTarget>, words: RegExp][] = [
    ['no columns', [], {}, /at least one column/],
    ['an empty name', [field('', long)], {}, /empty name/],
    ['the same name twice', [field('a', long), field('a', text)], {}, /two columns are called "a"/],
    ['names that differ in case only', [field('Id', long), field('ID', text)], {}, /"Id" and "ID".*Spark/],
    ['nanoseconds', [field('at', { kind: 'timestamp', unit: 'nanos', zone: 'utc' })], {}, /nanoseconds.*version 3/],
    [
      'a column without a type',
      [field('a', { kind: 'list', element: field('element', { kind: 'unknown' }) })],
      {},
      /"a" has no known type/,
    ],
    ['39 digits', [field('a', { kind: 'decimal', precision: 39, scale: 0 })], {}, /at most 38 digits/],
    [
      'a partition column that is missing',
      [field('a', long)],
      { partitionBy: [{ transform: 'day', column: 'b' }] },
      /partitionBy names the column "b"/,
    ],
    [
      'a day of a text',
      [field('a', text)],
      { partitionBy: [{ transform: 'day', column: 'a' }] },
      /"a" is string, which cannot be partitioned by day; it can be by identity, bucket, truncate\./,
    ],
    [
      'a bucket of a double',
      [field('a', { kind: 'float64' })],
      { partitionBy: [{ transform: 'bucket', column: 'a', buckets: 2 }] },
      /float64/,
    ],
    [
      'the same partitioning twice',
      [field('a', long)],
      {
        partitionBy: [
          { transform: 'identity', column: 'a' },
          { transform: 'identity', column: 'a' },
        ],
      },
      /twice/,
    ],
    [
      'a day of what is partitioned by its month already',
      [field('at', time)],
      {
        partitionBy: [
          { transform: 'month', column: 'at' },
          { transform: 'day', column: 'at' },
        ],
      },
      /month and day of "at", one of which is part of the other/,
    ],
    [
      'a name of a partition field that a column has',
      [field('id', long), field('at', time)],
      { partitionBy: [{ transform: 'day', column: 'at', name: 'ID' }] },
      /calls a field "ID"/,
    ],
    [
      'a list to sort by',
      [field('l', { kind: 'list', element: field('element', long) })],
      { sortBy: [{ column: 'l' }] },
      /cannot be sorted by its value/,
    ],
    [
      'a double that identifies rows',
      [field('d', { kind: 'float64' })],
      { identifierFields: ['d'] },
      /"d" is float64, which cannot identify rows/,
    ],
    ['a required column that does not exist', [field('id', long)], { required: ['no'] }, /"required" names the column "no"/],
    [
      'a comment on a column that does not exist',
      [field('id', long)],
      { columnComments: { no: 'x' } },
      /columnComments names the column "no"/,
    ],
  ];
  it.each(impossible)('is impossible with %s', (_what, fields, more, words) => {
    const plan = planChanges('absent', fields, { ...target, ...more }, location);
    expect(reason(plan)).toMatch(/^SCHEMA_IMPOSSIBLE: sales\.orders/);
    expect(reason(plan)).toMatch(words);
  });
});

describe('planChanges for an existing table', () => {
  const same = existing.map(({ id: _id, ...rest }) => rest);

  it('changes nothing when everything fits, in whatever order it comes', () => {
    const plan = planChanges(table(), [...same].reverse(), target, location);
    expect(plan).toEqual({ kind: 'changes', changes: [], fields: existing });
  });

  it('adds optional columns with ids that were never used', () => {
    const plan = planChanges(
      table(),
      [...same, field('new', text, { required: true }), field('list', { kind: 'list', element: field('element', long) })],
      target,
      location,
    );
    expect(kinds(plan)).toEqual(['add-column new', 'add-column list']);
    expect(plan).toMatchObject({
      fields: [...existing, { name: 'new', id: 10, required: false }, { name: 'list', id: 11, type: { element: { id: 12 } } }],
    });
    expect(plan.kind === 'changes' && plan.changes[0]?.reason).toMatchObject({ code: 'SCHEMA_COLUMN_ADDED', severity: 'info' });
  });

  it('widens where no file has to be rewritten', () => {
    const wider = same.map((one) =>
      one.name === 'count'
        ? field('count', long)
        : one.name === 'amount'
          ? field('amount', { kind: 'decimal', precision: 12, scale: 2 })
          : one,
    );
    const plan = planChanges(table(), wider, target, location);
    expect(kinds(plan)).toEqual(['widen-column count', 'widen-column amount']);
    expect(plan).toMatchObject({
      changes: [
        { before: 'int', after: 'long' },
        { before: 'decimal(9, 2)', after: 'decimal(12, 2)' },
      ],
    });
  });

  it('lets a required column be null when null may come', () => {
    const plan = planChanges(
      table(),
      same.map((one) => (one.name === 'id' ? { ...one, required: false } : one)),
      target,
      location,
    );
    expect(kinds(plan)).toEqual(['make-optional id']);
    expect(kinds(planChanges(table(), same.slice(1), target, location))).toEqual(['make-optional id']);
  });

  const impossible: [what: string, plan: () => ChangePlan, words: RegExp][] = [
    [
      'another type',
      () => planChanges(table(), [...same.slice(0, 1), field('note', long), ...same.slice(2)], target, location),
      /"note" is string in the table, but int64/,
    ],
    [
      'a narrower type',
      () => planChanges(table(), [field('id', { kind: 'int32' }, { required: true })], target, location),
      /"id" is int64 in the table, but int32/,
    ],
    [
      'another scale',
      () =>
        planChanges(
          table(),
          [...same.slice(0, 3), field('amount', { kind: 'decimal', precision: 12, scale: 3 })],
          target,
          location,
        ),
      /decimal\(9,2\).*decimal\(12,3\)/,
    ],
    [
      'timestamps with and without a zone',
      () => planChanges(table(), [...same.slice(0, 4), field('at', { ...time, zone: 'utc' } as Field['type'])], target, location),
      /timestamp.*timestamp \(UTC\)/,
    ],
    [
      'a new name that differs in case only',
      () => planChanges(table(), [...same.filter((one) => one.name !== 'note'), field('Note', text)], target, location),
      /"Note".*"note".*Spark/,
    ],
    [
      'null in an identifier',
      () => planChanges(table({ identifierFieldIds: [1] }), same.slice(1), target, location),
      /identifies rows/,
    ],
    [
      'a new name that a partition field has',
      () =>
        planChanges(
          table({ partition: [{ 'source-id': 6, 'field-id': 1000, transform: 'day', name: 'at_day' }] }),
          [...same, field('at_day', text)],
          target,
          location,
        ),
      /partition field/,
    ],
    [
      'other partitioning than asked for',
      () => planChanges(table(), same, { ...target, partitionBy: [{ transform: 'day', column: 'at' }] }, location),
      /is not partitioned, but partitionBy asks for day\(at\)/,
    ],
    [
      'another format version',
      () => planChanges(table({ formatVersion: 3 }), same, target, location),
      /ICEBERG_FORMAT_VERSION_UNSUPPORTED.*version 3/,
    ],
  ];
  it.each(impossible)('is impossible with %s', (_what, plan, words) => {
    expect(reason(plan())).toMatch(words);
  });

  it('gives new files another sort order, and keeps that of the table when nobody asks', () => {
    const sortOrders = [
      { 'order-id': 3, fields: [{ transform: 'identity', 'source-id': 1, direction: 'asc', 'null-order': 'nulls-first' }] },
    ] as const;
    const state = table({ sortOrders: JSON.parse(JSON.stringify(sortOrders)), lastSortOrderId: 3 });
    expect(kinds(planChanges(state, same, target, location))).toEqual([]);
    expect(kinds(planChanges(state, same, { ...target, sortBy: [{ column: 'id' }] }, location))).toEqual([]);
    const changed = planChanges(
      state,
      same,
      { ...target, sortBy: [{ column: 'at', direction: 'desc', transform: 'day' }] },
      location,
    );
    expect(changed).toMatchObject({
      changes: [
        { kind: 'set-sort-order', after: [{ transform: 'day', 'source-id': 6, direction: 'desc', 'null-order': 'nulls-last' }] },
      ],
    });
    expect(kinds(planChanges(state, same, { ...target, sortBy: [] }, location))).toEqual(['set-sort-order']);
    expect(reason(planChanges(state, same, { ...target, sortBy: [{ column: 'nowhere' }] }, location))).toMatch(
      /sortBy names the column "nowhere"/,
    );
  });

  it('accepts partitionBy that says what the table has, whatever its fields are called', () => {
    const partition = [{ 'source-id': 6, 'field-id': 1003, transform: 'day', name: 'd' }];
    expect(
      kinds(planChanges(table({ partition }), same, { ...target, partitionBy: [{ transform: 'day', column: 'at' }] }, location)),
    ).toEqual([]);
    expect(kinds(planChanges(table({ partition }), same, target, location))).toEqual([]);
  });
});
