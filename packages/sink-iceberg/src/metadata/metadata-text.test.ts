import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJsonText, parseExactJson } from './exact-json.ts';
import { metadataText } from './metadata-text.ts';
import type { TableMetadata } from './table-metadata.ts';

describe('metadataText', () => {
  it('is the text that exactJsonText makes, also of what it has written before', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        (value, id) => {
          const entry = { 'snapshot-id': id, summary: { operation: 'append' } };
          const metadata = {
            ...value,
            absent: undefined,
            snapshots: [entry, { ...entry, 'sequence-number': 1n }],
          } as unknown as TableMetadata;
          const expected = exactJsonText(metadata);
          expect(metadataText(metadata)).toBe(expected);
          expect(metadataText({ ...metadata })).toBe(expected);
          expect((parseExactJson(expected) as TableMetadata).snapshots?.[0]?.['snapshot-id']).toBe(id);
        },
      ),
    );
  });
});
