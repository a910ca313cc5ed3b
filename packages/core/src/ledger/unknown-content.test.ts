import { describe, expect, it } from 'vitest';
import { settleComparison, type UnitChoice } from '../plan/choose-units.ts';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import { countedAsLoaded } from './reset-ledger.ts';
import { mayHoldContentOf, unknownFingerprint } from './unknown-content.ts';

const unit = unitOf('a.csv');
const bare = (fingerprint: string) => {
  const { sha256: _, ...record } = recordOf({ ...unit, fingerprint });
  return record;
};

describe('whether a file may hold the content of a record', () => {
  it.each([
    ['the content was read', recordOf(unit), false],
    ['the fingerprint is the same', bare(unit.fingerprint), true],
    ['the fingerprint is another', bare('another'), false],
    ['nothing is known', bare(unknownFingerprint(unit.uri, '0')), true],
    ['it was counted as loaded', countedAsLoaded(unit), true],
  ])('when %s', (_, record, expected) => {
    expect(mayHoldContentOf(record, unit)).toBe(expected);
  });
});

describe('a file of which nobody can tell whether it is loaded', () => {
  const known = bare(unit.fingerprint);
  const comparison = (changes: Partial<Extract<UnitChoice, { kind: 'compare' }>>) =>
    ({ kind: 'compare', known, relation: 'same-place', replaces: null, attempts: 0, ...changes }) as const;

  it.each([
    ['stands in its place', comparison({ replaces: known }), 'hold', 'held', 'OBJECT_CHANGED_AFTER_LOAD'],
    [
      'stands in its place, changed files are loaded',
      comparison({ replaces: known }),
      'append',
      'held',
      'OBJECT_CHANGED_AFTER_LOAD',
    ],
    [
      'stands in its place, changed files are ignored',
      comparison({ replaces: known }),
      'ignore',
      'skipped',
      'OBJECT_CHANGED_AFTER_LOAD',
    ],
    ['has the name of no other', comparison({ relation: 'same-fingerprint' }), 'append', 'held', 'OBJECT_SAME_CONTENT'],
    [
      'differs from the file of its fingerprint, but perhaps not from the one in its place',
      comparison({
        relation: 'same-fingerprint',
        known: recordOf(unitOf('b.csv')),
        replaces: bare(unknownFingerprint(unit.uri, '0')),
      }),
      'append',
      'held',
      'OBJECT_CHANGED_AFTER_LOAD',
    ],
  ] as const)('waits when it %s', (_, compared, onChanged, state, code) => {
    const settled = settleComparison(unit, compared, 'its hash', { onChanged, onSameContent: 'skip' });
    expect(settled).toMatchObject({ kind: 'set-aside', record: { state, code, sha256: 'its hash' } });
  });

  it('loads when what stood in its place surely held something else', () => {
    const compared = comparison({ known: bare('another'), replaces: bare('another') });
    expect(settleComparison(unit, compared, null, { onChanged: 'append', onSameContent: 'skip' })).toMatchObject({
      kind: 'load',
    });
  });
});
