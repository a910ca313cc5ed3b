// A plan made by hand, and its parts, for the tests of this folder and of `run` and `checkpoint`.

import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import type { IngestionPlan, ProgramOutput } from './ingestion-plan.ts';

/** A stored file named `name`; its content is told by `version`. */
export function unitOf(name: string, changes: Partial<ObjectUnit> = {}): ObjectUnit {
  const place = `file:///landing/${name}`;
  return {
    kind: 'object',
    key: `${place}#1`,
    place,
    fingerprint: `fingerprint of ${name}`,
    uri: place,
    version: '1',
    sizeBytes: 1536,
    modifiedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** What the ledger says of a unit that was loaded by commit 1. */
export function recordOf(unit: ObjectUnit, changes: Partial<UnitRecord> = {}): UnitRecord {
  return {
    unit,
    state: 'ingested',
    sequence: 1,
    counts: { main: { read: 2, expanded: 0, written: 2, rejected: 0, filtered: 0, deduplicated: 0, replaced: 0 } },
    sha256: `hash of ${unit.fingerprint}`,
    attempts: 1,
    ...changes,
  };
}

const none = { kind: 'none' as const, reason: 'a test' };

function output(name: string, table: string, rows: ProgramOutput['rows']): ProgramOutput {
  return {
    name,
    sink: 'lake',
    rows,
    target: { table },
    access: none,
    fields: [],
    changes: [],
    projections: {},
    mode: { kind: 'append' },
  };
}

/** A spec with one table and one for rejected rows. */
export const spec: IngestionSpec = {
  specVersion: 1,
  id: 'orders',
  input: {
    source: 'local',
    options: { path: './landing' },
    format: 'detect',
    onChanged: 'hold',
    settleSeconds: 2,
    onSameContent: 'skip',
  },
  outputs: [
    {
      name: 'main',
      sink: 'lake',
      options: { table: 'sales.orders' },
      rows: 'accepted',
      columns: {},
      provenance: ['source-file'],
      mode: { kind: 'append' },
    },
    {
      name: 'rejected',
      sink: 'lake',
      options: { table: 'sales.orders__rejected' },
      rows: 'rejected',
      columns: {},
      provenance: ['source-file'],
      mode: { kind: 'append' },
    },
  ],
  schema: { infer: 'full', onNewColumn: 'add', onTypeChange: 'hold', onRefuted: 'reject-row' },
  limits: { maxRejectedRows: 10_000, maxRejectedRatio: 0.01, maxUnitsPerBatch: 10_000, maxBytesPerBatch: 2 ** 36 },
  trigger: { kind: 'manual' },
  engine: 'auto',
};

/** A plan to load two files into a table that does not exist. */
export function planOf(changes: Partial<IngestionPlan> = {}): IngestionPlan {
  return {
    planVersion: 1,
    id: 'plan-1',
    spec,
    program: {
      hash: 'program',
      tenant: 'default',
      ingestion: 'orders',
      access: none,
      source: { name: 'local', options: { path: './landing' } },
      readers: [],
      outputs: [output('main', 'sales.orders', 'accepted'), output('rejected', 'sales.orders__rejected', 'rejected')],
      limits: spec.limits,
    },
    batch: {
      generation: 'generation',
      sequence: 1,
      commitId: 'commit-1',
      plannedAt: '2026-01-02T03:04:05.678Z',
      skipped: [],
      units: [
        { unit: unitOf('a.csv'), reader: 'r1', because: 'new' },
        { unit: unitOf('b.csv'), reader: 'r1', because: 'new' },
      ],
      setAside: [],
    },
    preconditions: [
      { kind: 'ledger', generation: 'absent', sequence: 0 },
      { kind: 'spec', hash: 'spec' },
      { kind: 'table', output: 'main', identity: 'absent', schemaId: null, partitionSpecId: null },
      { kind: 'table', output: 'rejected', identity: 'absent', schemaId: null, partitionSpecId: null },
    ],
    findings: [],
    columns: [],
    backlog: { units: 0, bytes: 0, complete: true },
    ...changes,
  };
}
