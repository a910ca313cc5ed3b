import { describe, expect, it } from 'vitest';
import { createColumnBatch } from '../columns/column-batch.ts';
import { OffsetsBuilder } from '../columns/column-builder.ts';
import { createProjector } from './apply-projection.ts';
import type { Projection } from './projection.ts';

const facts = {
  unitUri: 'u',
  unitVersion: '1',
  unitModified: '2026-01-01T00:00:00Z',
  runId: 'r',
  plannedAt: '2026-01-01T00:00:00Z',
};

function projected(cells: readonly string[], keys?: string[]) {
  const builder = new OffsetsBuilder();
  for (const cell of cells) builder.appendText(cell);
  const target = { name: 'id', type: { kind: 'int64' as const }, required: false };
  const text = { kind: 'text' as const, source: ['id'], trim: false, nulls: [''], formats: [], onFailure: 'reject-row' as const };
  const projection: Projection = { version: 1, rules: [{ target, ...text }], unknownFields: 'ignore', ...(keys && { keys }) };
  const fields = [{ name: 'id', type: { kind: 'string' as const }, required: false }];
  return createProjector(projection).apply(createColumnBatch({ fields, columns: [builder.finish()], rows: cells.length }), facts);
}

describe('rows without a key', () => {
  it('are rejected where rows are merged, and each with one code for its column', () => {
    const { accepted, rejected } = projected(['1', '', 'x', '2'], ['id']);
    expect(accepted.rows).toBe(2);
    expect(rejected.map(({ codes, columns }) => [codes, columns])).toEqual([
      [['id:null-key'], ['id']],
      [['id:int64'], ['id']],
    ]);
  });

  it('are rows like others where rows are not merged', () => {
    expect(projected(['1', ''])).toMatchObject({ accepted: { rows: 2 }, rejected: [] });
  });
});
