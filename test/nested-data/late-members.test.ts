// JSON Lines whose columns all have a type are planned from their heads when a run loads them at once. What comes late makes the run plan again, from
// all of the files: the table is the one that `plan` and `apply` make, which always look at everything.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ColumnSpec, IngestionSpec, Json, RunEvent } from '@calve/core';
import { expect, it } from 'vitest';
import { type Given, NestedWorld, withoutProvenance } from './nested-world.ts';

const text: ColumnSpec = { type: { kind: 'string' } };
const number: ColumnSpec = { type: { kind: 'int64' } };
const place: ColumnSpec = {
  type: { kind: 'struct', fields: [{ name: 'city', type: { kind: 'string' }, required: false }] },
};
const columns = { id: number, name: text, place };

/** More than planning looks at where it looks at the head, the end and parts in between: what is late stands beside these. */
function manyRecords(first: number, late: readonly Json[] = [], count = 4_000): string {
  const records: Json[] = Array.from({ length: count }, (_, at) => ({
    id: first + at,
    name: createHash('sha256')
      .update(`${first + at}`)
      .digest('hex'),
    place: { city: `city ${at % 7}` },
  }));
  records.splice(Math.floor(count * 0.7), 0, ...late);
  return `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
}

interface Outcome {
  rows: Record<string, Json>[];
  rejected: unknown;
  units: unknown;
  counts: unknown;
  fields: string[];
  codes: string[];
}

/** What a run leaves, or a plan that is applied until nothing is left; and which findings there were. */
async function outcomeOf(how: 'run' | 'plan and apply', given: Given, ...deliveries: Record<string, string | Uint8Array>[]) {
  await using world = await NestedWorld.make({ limits: { maxRejectedRatio: 1 }, ...given });
  const { calve } = world;
  let last: Outcome | null = null;
  for (const files of deliveries) {
    Object.assign(world.files, files);
    const { spec } = world;
    const handle =
      how === 'run' ? calve.run(spec, { allow: ['held'] }) : calve.apply(await calve.plan(spec), { allow: ['held'] });
    const events: RunEvent[] = [];
    for await (const event of handle) events.push(event);
    const { units, counts } = await handle;
    const { rows } = await calve.head(spec, { rows: 100_000 });
    const codes = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic.code] : []));
    const rejected = (await world.rejected()).map(({ raw }) => raw);
    last = { rows: rows.map(withoutProvenance), rejected, units, counts, fields: Object.keys(rows[0] ?? {}), codes };
  }
  return last!;
}

const CASES: [string, Given, Record<string, string | Uint8Array>[]][] = [
  ['a member nobody has named', { columns }, [{ 'a.jsonl': manyRecords(0, [{ id: 1, extra: 7 }]) }]],
  ['one that is null', { columns }, [{ 'a.jsonl': manyRecords(0, [{ id: 1, extra: null }]) }]],
  ['one that is declared', { columns: { ...columns, extra: number } }, [{ 'a.jsonl': manyRecords(0, [{ id: 1, extra: 7 }]) }]],
  [
    'one that another file has in its head',
    { columns: { ...columns, extra: number } },
    [{ 'a.jsonl': manyRecords(0, [{ id: 1, extra: 7 }]), 'b.jsonl': `{"extra":8,"id":2}\n${manyRecords(4_000)}` }],
  ],
  [
    'late in the second of three files',
    { columns },
    [{ 'a.jsonl': manyRecords(0), 'b.jsonl': manyRecords(4_000, [{ id: 1, z: 'q' }, { y: 1 }]), 'c.jsonl': '{"id":5}\n' }],
  ],
  ['in a compressed file', { columns }, [{ 'a.jsonl.gz': gzipSync(manyRecords(0, [{ extra: 1 }], 10_000), { level: 1 }) }]],
  [
    'that a table waits for',
    { columns, schema: { onNewColumn: 'hold' } },
    [{ 'a.jsonl': manyRecords(0) }, { 'b.jsonl': manyRecords(4_000, [{ id: 1, extra: 7 }]), 'c.jsonl': manyRecords(8_000) }],
  ],
  [
    'that is kept aside',
    { columns, schema: { onNewColumn: 'rescue' } },
    [{ 'a.jsonl': manyRecords(0) }, { 'b.jsonl': manyRecords(4_000, [{ id: 1, extra: 7 }]) }],
  ],
  ['whose name differs in case only', { columns }, [{ 'a.jsonl': manyRecords(0, [{ ID: 1 }]), 'b.jsonl': manyRecords(4_000) }]],
];

it.each(CASES)('gives the same table when a member comes late: %s', async (_, given, deliveries) => {
  const { codes, ...ran } = await outcomeOf('run', given, ...deliveries);
  const { codes: known, ...applied } = await outcomeOf('plan and apply', given, ...deliveries);
  expect(ran).toEqual(applied);
  const isSeen = given.columns && 'extra' in given.columns;
  expect(codes.includes('PLAN_INCOMPLETE')).toBe(!isSeen);
  expect(known).not.toContain('PLAN_INCOMPLETE');
  expect(new Set(codes.filter((code) => code !== 'PLAN_INCOMPLETE'))).toEqual(new Set(known));
});

it('needs no second plan where only values differ from the head, or what stands inside', async () => {
  const late = [
    { id: 'no number' },
    { id: 1, place: { city: 'c', street: 's' } },
    { id: 2, place: 'no struct' },
    { name: { a: 1 } },
  ];
  const files = { 'a.jsonl': manyRecords(0, late) };
  const { codes, ...ran } = await outcomeOf('run', { columns }, files);
  const { codes: _, ...applied } = await outcomeOf('plan and apply', { columns }, files);
  expect(ran).toEqual(applied);
  expect(ran.rejected).toHaveLength(2);
  expect(codes).toContain('JSON_MEMBER_UNKNOWN');
  expect(codes).not.toContain('PLAN_INCOMPLETE');
});

it('holds a unit as a whole look would, and not because its head lacks what the table requires', async () => {
  const given = { columns: { id: number }, schema: { onNewColumn: 'hold' } as Partial<IngestionSpec['schema']> };
  const deliveries = [{ 'a.jsonl': '{"id":1}\n' }, { 'b.jsonl': manyRecords(0).replaceAll(/,"name.*/g, '}') }];
  const { codes: _, ...ran } = await outcomeOf('run', given, ...deliveries);
  const { codes: __, ...applied } = await outcomeOf('plan and apply', given, ...deliveries);
  expect(ran).toEqual(applied);
  expect(ran.rows).toHaveLength(4_001);
});
