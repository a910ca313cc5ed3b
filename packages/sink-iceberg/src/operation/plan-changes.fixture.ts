import type { ChangePlan, Field, TableState } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import type { TableFacts } from './table-facts.ts';

/** A field without an id unless one is given. */
export const field = (name: string, type: Field['type'], extra: Partial<Field> = {}): Field => ({
  name,
  type,
  required: false,
  ...extra,
});
/** Types of the columns. */
export const long: Field['type'] = { kind: 'int64' };
/** Text. */
export const text: Field['type'] = { kind: 'string' };
/** A timestamp without a zone. */
export const time: Field['type'] = { kind: 'timestamp', unit: 'micros', zone: 'none' };
/** Options of the table, and where it is. */
export const target: IcebergTarget = { table: 'sales.orders' };
/** Where a new table would be. */
export const location = 'file:///lake/sales/orders';

/** Columns of the table. */
export const existing = [
  field('id', long, { id: 1, required: true }),
  field('note', text, { id: 2 }),
  field('count', { kind: 'int32' }, { id: 3 }),
  field('amount', { kind: 'decimal', precision: 9, scale: 2 }, { id: 5 }),
  field('at', time, { id: 6 }),
];

/** A table with these columns. */
export function table(facts: Partial<TableFacts> = {}): TableState {
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

/** Why a plan is impossible. */
export const reason = (plan: ChangePlan): string =>
  plan.kind === 'impossible' ? `${plan.diagnostic.code}: ${plan.diagnostic.message}` : 'changes';
/** What a plan changes, in short. */
export const kinds = (plan: ChangePlan): string[] =>
  plan.kind === 'changes' ? plan.changes.map((change) => `${change.kind} ${change.path.join('.')}`.trim()) : [reason(plan)];
