import { describe, expect, it } from 'vitest';
import { provenanceFields, rejectedFields } from './output-fields.ts';

describe('provenanceFields', () => {
  it('are in the order of the spec', () => {
    expect(provenanceFields(['ingested-at', 'source-file']).map(({ name }) => name)).toEqual(['_ingested_at', '_source_file']);
  });
});

describe('rejectedFields', () => {
  it('always tell when a row came, since the table is partitioned by it', () => {
    expect(rejectedFields([]).map(({ name }) => name)).toEqual([
      '_ingested_at',
      'sequence',
      'program_hash',
      'errors',
      'raw',
      'raw_truncated',
      'byte_offset',
      'line',
      'sheet',
    ]);
    expect(rejectedFields(['ingested-at']).filter(({ name }) => name === '_ingested_at')).toHaveLength(1);
    expect(rejectedFields(['record', 'run-id']).every(({ required }) => !required)).toBe(true);
  });
});
