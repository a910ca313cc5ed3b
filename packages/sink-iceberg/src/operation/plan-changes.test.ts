import type { ChangePlan, Field, SchemaDecisions, TableState } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { planChanges } from './plan-changes.ts';
import type { TableFacts } from './table-facts.ts';

const field = (name: string, type: Field['type'], extra: Partial<Field> = {}): Field => ({
  name,
  type,
  required: false,
  ...extra,
});
const long: Field['type'] = { kind: 'int64' };
const text: Field['type'] = { kind: 'string' };
const time: Field['type'] = { kind: 'timestamp', unit: 'micros', zone: 'none' };
const target: IcebergTarget = { table: 'sales.orders' };
const location = 'file:///lake/sales/orders';

const existing = [
  field('id', long, { id: 1, required: true }),
  field('note', text, { id: 2 }),
  field('count', { kind: 'int32' }, { id: 3 }),
  field('amount', { kind: 'decimal', precision: 9, scale: 2 }, { id: 5 }),
  field('at', time, { id: 6 }),
];

function table(facts: Partial<TableFacts> = {}): TableState {
  const raw: TableFacts = {
    formatVersion: 2,
    location,
    lastColumnId: 9,
    identifierFieldIds: [],
    partition: [],
    layoutSources: [],
    sortOrders: [],
    lastSortOrderId: 0,
    properties: {},
    ...facts,
  };
  return {
    identity: 'uuid',
    fields: existing,
    schemaId: 4,
    partitionSpecId: 0,
    snapshot: '1',
    raw: JSON.parse(JSON.stringify(raw)),
  };
}

const reason = (plan: ChangePlan): string =>
  plan.kind === 'impossible' ? `${plan.diagnostic.code}: ${plan.diagnostic.message}` : 'changes';
const kinds = (plan: ChangePlan): string[] =>
  plan.kind === 'changes' ? plan.changes.map((change) => `${change.kind} ${change.path.join('.')}`.trim()) : [reason(plan)];

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
      /"a" is string, which cannot be partitioned by day/,
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

  it('adds members to structs, also inside lists and maps, with their paths', () => {
    const inner = (extra: Field[] = []): Field['type'] => ({ kind: 'struct', fields: [field('a', long), ...extra] });
    const nested = (extra: Field[] = []): Field[] => [
      field('s', inner(extra)),
      field('l', { kind: 'list', element: field('element', inner(extra)) }),
      field('m', { kind: 'map', key: field('key', text, { required: true }), value: field('value', inner(extra)) }),
    ];
    const created = planChanges('absent', nested(), target, location);
    const fields = created.kind === 'changes' ? created.fields : [];
    const state = { ...table({ lastColumnId: 20 }), fields };
    const plan = planChanges(state, nested([field('b', text, { required: true }), field('c', inner())]), target, location);
    expect(kinds(plan)).toEqual([
      'add-column s.b',
      'add-column s.c',
      'add-column l.element.b',
      'add-column l.element.c',
      'add-column m.value.b',
      'add-column m.value.c',
    ]);
    const ids = JSON.stringify(plan.kind === 'changes' ? plan.fields : [])
      .match(/"id":\d+/g)
      ?.map((id) => Number(id.slice(5)));
    expect(new Set(ids).size).toBe(ids?.length);
    expect(Math.max(...(ids ?? []))).toBe(29);
    expect(kinds(planChanges(state, nested(), target, location))).toEqual([]);
  });

  it('widens and relaxes members', () => {
    const state = {
      ...table(),
      fields: [
        field('s', { kind: 'struct', fields: [field('a', { kind: 'int32' }, { id: 2, required: true })] }, { id: 1 }),
        field('l', { kind: 'list', element: field('element', { kind: 'float32' }, { id: 4, required: true }) }, { id: 3 }),
      ],
    };
    const wanted = [
      field('s', { kind: 'struct', fields: [field('a', long)] }),
      field('l', { kind: 'list', element: field('element', { kind: 'float64' }) }),
    ];
    const plan = planChanges(state, wanted, target, location);
    expect(kinds(plan)).toEqual(['widen-column s.a', 'make-optional s.a', 'widen-column l.element', 'make-optional l.element']);
    expect(plan.kind === 'changes' && plan.fields[0]?.type).toMatchObject({ fields: [{ id: 2, type: long, required: false }] });
  });

  it('renames by id and drops what was decided, once', () => {
    const decisions = { renames: [{ from: ['note'], to: ['remark'] }], drops: [['count']] };
    const wanted = [...same.filter(({ name }) => name !== 'note' && name !== 'count'), field('remark', text)];
    const plan = planChanges(table(), wanted, target, location, decisions);
    expect(kinds(plan)).toEqual(['drop-column count', 'rename-column note']);
    expect(plan).toMatchObject({ fields: [{ id: 1 }, { id: 2, name: 'remark' }, { id: 5 }, { id: 6 }] });
    const after = { ...table(), fields: plan.kind === 'changes' ? plan.fields : [] };
    expect(kinds(planChanges(after, wanted, target, location, decisions))).toEqual([]);
  });

  it('takes a dropped name for a new column with an id of its own', () => {
    const plan = planChanges(
      table(),
      same.map((one) => (one.name === 'note' ? field('note', long) : one)),
      target,
      location,
      {
        renames: [],
        drops: [['note']],
      },
    );
    expect(kinds(plan)).toEqual(['drop-column note', 'add-column note']);
    expect(plan).toMatchObject({ fields: [{ id: 1 }, { id: 3 }, { id: 5 }, { id: 6 }, { name: 'note', id: 10 }] });
  });

  const undecidable: [what: string, facts: Partial<TableFacts>, decisions: SchemaDecisions, words: RegExp][] = [
    [
      'dropping a column that files are partitioned by',
      { layoutSources: [2] },
      { renames: [], drops: [['note']] },
      /"note" cannot be dropped: .*partitioned/,
    ],
    [
      'dropping an identifier',
      { identifierFieldIds: [1] },
      { renames: [], drops: [['id']] },
      /"id" cannot be dropped: it identifies/,
    ],
    [
      'a new name that another column has',
      {},
      { renames: [{ from: ['note'], to: ['Count'] }], drops: [] },
      /"note" cannot be renamed to "Count": the table has a column "count"/,
    ],
  ];
  it.each(undecidable)('is impossible with %s', (_what, facts, decisions, words) => {
    expect(reason(planChanges(table(facts), same, target, location, decisions))).toMatch(words);
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
