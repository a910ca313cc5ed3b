import { describe, expect, it } from 'vitest';
import { checkModes, replaceIssue } from './check-modes.ts';

type Draft = { input?: object; outputs: object[] };
const placesOf = (draft: Draft): string[] => checkModes(draft).map(({ code, path }) => `${code} ${path}`);
const merge = (mode: object, columns: object = {}): Draft => ({
  outputs: [{ mode: { kind: 'merge', keys: ['id'], ...mode }, columns }],
});

describe('ways of writing', () => {
  it.each<[string, Draft, string[]]>([
    ['a merge by keys', merge({ newest: ['updated'] }), []],
    ['a key that is said twice', merge({ keys: ['id', 'id'] }), ['/outputs/0/mode/keys/1']],
    ['a key that is dropped', merge({}, { id: { drop: true } }), ['/outputs/0/mode/keys/0']],
    ['a key that is floating point', merge({}, { id: { type: { kind: 'float64' } } }), ['/outputs/0/mode/keys/0']],
    ['a key that is nested', merge({}, { id: { type: { kind: 'struct' } } }), ['/outputs/0/mode/keys/0']],
    ['a newest column that is floating point', merge({ newest: ['x'] }, { x: { type: { kind: 'float32' } } }), []],
    ['a newest column that is nested', merge({ newest: ['x'] }, { x: { type: { kind: 'list' } } }), ['/outputs/0/mode/newest/0']],
    [
      'rejected rows that are merged',
      { outputs: [{}, { rows: 'rejected', mode: { kind: 'overwrite-table' } }] },
      ['/outputs/1/mode/kind'],
    ],
    ['rejected rows that are appended', { outputs: [{}, { rows: 'rejected', mode: { kind: 'append' } }] }, []],
    ['files that replace, with the default provenance', { input: { onChanged: 'replace' }, outputs: [{}] }, []],
    [
      'files that replace where rows do not name their version',
      { input: { onChanged: 'replace' }, outputs: [{ provenance: ['source-file'] }] },
      ['/input/onChanged'],
    ],
    [
      'files that replace where partitions are overwritten',
      { input: { onChanged: 'replace' }, outputs: [{ mode: { kind: 'overwrite-partitions' } }] },
      ['/input/onChanged'],
    ],
  ])('%s', (_, draft, places) => {
    expect(placesOf(draft)).toEqual(places.map((place) => `SPEC_INVALID ${place}`));
  });

  it('say what is expected where a file cannot replace its rows', () => {
    expect(checkModes({ input: { onChanged: 'replace' }, outputs: [{ provenance: [] }] })[0]).toMatchObject({
      expected: expect.stringContaining('"source-file" and "source-version"'),
      received: '"replace"',
    });
    expect(replaceIssue({ outputs: [] })).toBeNull();
  });

  it('are passed over where the spec is not well formed', () => {
    for (const draft of [null, {}, { outputs: 'x' }, { outputs: [null, 7] }, merge({ keys: 'id', newest: [1, null] })])
      expect(() => checkModes(draft)).not.toThrow();
  });
});
