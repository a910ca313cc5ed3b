import { describe, expect, it } from 'vitest';
import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { TableState } from '../sink/sink.ts';
import { assertIsPlan } from './assert-is-plan.ts';
import type { IngestionPlan, Precondition } from './ingestion-plan.ts';
import { planOf } from './plan-values.fixture.ts';
import { assertPlanHolds, brokenPreconditions, type PlanWorld } from './verify-plan.ts';

const table: TableState = { identity: 'uuid', fields: [], schemaId: 3, partitionSpecId: 1, snapshot: '42', raw: null };

function head(changes: Partial<Head>): VersionedHead {
  const empty: Head = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null, tag: 't' };
  return { version: '5', head: { ...empty, ...changes } };
}

function reasons(precondition: Precondition, world: Partial<PlanWorld>): string[] {
  const plan = planOf({ preconditions: [precondition] });
  const whole: PlanWorld = { head: 'absent', tables: {}, hash: () => 'spec', ...world };
  return brokenPreconditions(plan, whole).map(({ reason }) => reason);
}

const made = { kind: 'table', output: 'main', identity: 'uuid', schemaId: 3, partitionSpecId: 1 } as const;
const absent = { kind: 'table', output: 'main', identity: 'absent', schemaId: null, partitionSpecId: null } as const;

describe('a plan holds', () => {
  it.each<[string, Precondition, Partial<PlanWorld>]>([
    ['on an empty world', { kind: 'ledger', generation: 'absent', sequence: 0 }, {}],
    [
      'when only an intent or units that were set aside have come since',
      { kind: 'ledger', generation: 'absent', sequence: 0 },
      { head: head({}) },
    ],
    [
      'in the generation that it was made in',
      { kind: 'ledger', generation: 'g', sequence: 2 },
      { head: head({ committed: { main: 2 } }) },
    ],
    ['in a generation without commits', { kind: 'ledger', generation: 'g', sequence: 0 }, { head: head({}) }],
    ['with the spec that it was made from', { kind: 'spec', hash: 'spec' }, {}],
    ['when other rows came into the table', made, { tables: { main: { ...table, snapshot: '43', raw: { other: true } } } }],
    ['when there still is no table', absent, { tables: { main: 'absent' } }],
  ])('%s', (_, precondition, world) => {
    expect(reasons(precondition, world)).toEqual([]);
  });
});

describe('a plan is stale', () => {
  it.each<[string, Precondition, Partial<PlanWorld>, RegExp]>([
    [
      'after another run committed',
      { kind: 'ledger', generation: 'absent', sequence: 0 },
      { head: head({ committed: { main: 1 } }) },
      /another run/,
    ],
    [
      'after the next commit',
      { kind: 'ledger', generation: 'g', sequence: 2 },
      { head: head({ committed: { main: 3 } }) },
      /stands at commit 3, .* at 2/,
    ],
    [
      'after a reset',
      { kind: 'ledger', generation: 'g', sequence: 2 },
      { head: head({ generation: 'h', committed: { main: 2 } }) },
      /reset/,
    ],
    ['when the state is gone', { kind: 'ledger', generation: 'g', sequence: 2 }, {}, /reset/],
    ['when its spec was edited', { kind: 'spec', hash: 'other' }, {}, /spec/],
    ['when the table is gone', made, { tables: { main: 'absent' } }, /gone/],
    ['when a table was created', absent, { tables: { main: table } }, /created since/],
    ['when the table is another one', made, { tables: { main: { ...table, identity: 'other' } } }, /dropped and created/],
    ['when the schema changed', made, { tables: { main: { ...table, schemaId: 4 } } }, /schema/],
    ['when the partitioning changed', made, { tables: { main: { ...table, partitionSpecId: 2 } } }, /partitioning/],
  ])('%s', (_, precondition, world, reason) => {
    expect(reasons(precondition, world)).toEqual([expect.stringMatching(reason)]);
  });

  it('and says everything that no longer holds', () => {
    const world: PlanWorld = {
      head: head({ committed: { main: 1 } }),
      tables: { main: table, rejected: table },
      hash: () => 'x',
    };
    expect(() => assertPlanHolds(planOf(), world)).toThrow(
      expect.objectContaining({
        code: 'PLAN_STALE',
        recovery: { kind: 'replan' },
        context: { planId: 'plan-1', reasons: [expect.any(String), expect.any(String), expect.any(String), expect.any(String)] },
      }),
    );
  });
});

describe('assertIsPlan', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['text', 'plan'],
    ['a spec', planOf().spec],
    ['half a plan', { ...planOf(), batch: undefined }],
  ])('refuses %s', (_, value) => {
    expect(() => assertIsPlan(value)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });

  it('refuses a plan of another version and names it', () => {
    expect(() => assertIsPlan({ ...planOf(), planVersion: 7 })).toThrow(/version 7/);
  });

  it('takes a plan that came back from JSON', () => {
    const plan: IngestionPlan = JSON.parse(JSON.stringify(planOf()));
    expect(() => assertIsPlan(plan)).not.toThrow();
  });
});
