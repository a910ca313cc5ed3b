import type { ChangePlan, Field, TableState } from '@calve/core/plugin';
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

  it('accepts partitionBy that says what the table has, whatever its fields are called', () => {
    const partition = [{ 'source-id': 6, 'field-id': 1003, transform: 'day', name: 'd' }];
    expect(
      kinds(planChanges(table({ partition }), same, { ...target, partitionBy: [{ transform: 'day', column: 'at' }] }, location)),
    ).toEqual([]);
    expect(kinds(planChanges(table({ partition }), same, target, location))).toEqual([]);
  });
});
