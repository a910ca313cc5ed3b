import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import { commitIdOf, jsonHasher } from './identities.ts';

const hash = jsonHasher(nodeEnvironment());
const key = { tenant: 'default', ingestion: 'orders' };

describe('jsonHasher', () => {
  it('is the SHA-256 of the canonical JSON', () => {
    // printf '{"a":[1,null],"b":"é"}' | sha256sum
    expect(hash({ b: 'é', a: [1, undefined], c: undefined })).toBe(
      'e03c3c1ebb5fccd76e3bd35b9a86169f35e6f1b069645d48ac278175f54c4208',
    );
  });
});

describe('commitIdOf', () => {
  it('is the same for the same units in any order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 8 }), fc.nat(), (keys, rotate) => {
        const turned = [...keys.slice(rotate % (keys.length + 1)), ...keys.slice(0, rotate % (keys.length + 1))];
        expect(commitIdOf(hash, key, 'g', 1, turned, 'p')).toBe(commitIdOf(hash, key, 'g', 1, keys, 'p'));
      }),
    );
  });

  it('changes with everything that it follows from', () => {
    const ids = [
      commitIdOf(hash, key, 'g', 1, ['a'], 'p'),
      commitIdOf(hash, { ...key, tenant: 'other' }, 'g', 1, ['a'], 'p'),
      commitIdOf(hash, { ...key, ingestion: 'other' }, 'g', 1, ['a'], 'p'),
      commitIdOf(hash, key, 'h', 1, ['a'], 'p'),
      commitIdOf(hash, key, 'g', 2, ['a'], 'p'),
      commitIdOf(hash, key, 'g', 1, ['b'], 'p'),
      commitIdOf(hash, key, 'g', 1, [], 'p'),
      commitIdOf(hash, key, 'g', 1, ['a', 'a'], 'p'),
      commitIdOf(hash, key, 'g', 1, ['a'], 'q'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('leaves the list of keys as it was', () => {
    const keys = Object.freeze(['b', 'a']);
    commitIdOf(hash, key, 'g', 1, keys, 'p');
    expect(keys).toEqual(['b', 'a']);
  });
});
