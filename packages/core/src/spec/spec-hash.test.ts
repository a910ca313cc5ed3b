import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Hash } from '../env/environment.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import { specHash } from './spec-hash.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

function sha256(): Hash {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

function hashOf(value: unknown): string {
  const result = parseIngestionSpec(value, testRegistry);
  if ('issues' in result) return expect.fail(JSON.stringify(result.issues));
  return specHash(result.spec, sha256);
}

describe('the hash of a spec', () => {
  it('is 64 hexadecimal digits of SHA-256', () => {
    expect(hashOf(smallestSpec)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the order of members, nor on defaults being written out', () => {
    const { outputs, input, ...rest } = smallestSpec;
    expect(hashOf({ engine: 'auto', outputs, input: { onChanged: 'hold', ...input }, ...rest })).toBe(hashOf(smallestSpec));
  });

  it('changes with any content', () => {
    expect(hashOf({ ...smallestSpec, id: 'orders2' })).not.toBe(hashOf(smallestSpec));
    expect(hashOf({ ...smallestSpec, labels: { a: 'b' } })).not.toBe(hashOf(smallestSpec));
  });
});
