// Specs for the tests of the parser, and what it says of them.

import { expect } from 'vitest';
import type { IngestionSpec } from './ingestion-spec.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import type { SpecIssue } from './spec-issue.ts';
import type { SpecRegistry } from './spec-registry.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

/** The spec that a value parses to. */
export function parsed(value: unknown): IngestionSpec {
  const result = parseIngestionSpec(value, testRegistry);
  if ('issues' in result) expect.fail(JSON.stringify(result.issues, null, 2));
  return result.spec;
}

/** The issues of a value that does not parse. */
export function issuesOf(value: unknown, registry: SpecRegistry = testRegistry): SpecIssue[] {
  const result = parseIngestionSpec(value, registry);
  if ('spec' in result) expect.fail('the spec was accepted');
  return result.issues;
}

/** The smallest output. */
export const [table] = smallestSpec.outputs;
/** The smallest spec with other members somewhere. */
export const withInput = (members: object) => ({ ...smallestSpec, input: { ...smallestSpec.input, ...members } });
export const withOutput = (members: object) => ({ ...smallestSpec, outputs: [{ ...table, ...members }] });
export const withColumn = (column: object) => withOutput({ columns: { amount: column } });
/** An output for rejected rows. */
export const rejects = { name: 'rejected', sink: 'lake', options: { table: 'sales.rejects' }, rows: 'rejected' };

/** A spec in which every member of the language that works is present. */
export const fullSpec = {
  ...smallestSpec,
  labels: { team: 'sales' },
  input: {
    source: 'local',
    options: { path: './landing', pattern: '*.csv', depth: 2 },
    format: { name: 'csv', options: { header: false, delimiter: ';' } },
    onChanged: 'append',
    settleSeconds: 0.5,
    since: '2026-01-31T00:00:00+01:00',
    onSameContent: 'load',
  },
  outputs: [
    {
      name: 'main',
      sink: 'lake',
      options: { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'at' }] },
      rows: 'accepted',
      columns: {
        amount: { from: ['Amount'], type: { kind: 'decimal', precision: 12, scale: 2 }, nulls: ['-'], onFailure: 'null' },
        at: { type: { kind: 'timestamp', unit: 'micros', zone: 'utc' }, trim: false, formats: [] },
        paid: { type: { kind: 'boolean' }, parse: { true: ['yes'], false: ['no'] } },
        old: { drop: true },
      },
      provenance: ['source-file', 'run-id'],
      mode: { kind: 'append' },
    },
    rejects,
  ],
  schema: { infer: 'sample', onNewColumn: 'hold', onTypeChange: 'reject-row', onRefuted: 'hold' },
  limits: { maxRejectedRows: 0, maxRejectedRatio: 1, maxUnitsPerBatch: 1, maxBytesPerBatch: 1 },
  trigger: { kind: 'manual' },
  engine: 'in-process',
};
