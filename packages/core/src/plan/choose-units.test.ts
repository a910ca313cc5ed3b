import { describe, expect, it } from 'vitest';
import type { UnitRecord, UnitState } from '../checkpoint/unit-record.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import { chooseUnit, type KnownUnits, settleComparison, type UnitChoice } from './choose-units.ts';
import { recordOf, unitOf } from './plan-values.fixture.ts';

type Policy = Pick<InputSpec, 'onChanged' | 'onSameContent'>;

const defaults: Policy = { onChanged: 'hold', onSameContent: 'skip' };
const unit = unitOf('a.csv', { key: 'a#2' });
const earlier = unitOf('a.csv', { key: 'a#1' });
const twin = unitOf('b.csv', { key: 'b#1', fingerprint: unit.fingerprint });

/** What a ledger with these records answers. */
function known(...records: UnitRecord[]): KnownUnits {
  const by = (member: 'key' | 'place' | 'fingerprint') =>
    new Map(records.map((record) => [record.unit.kind === 'object' ? record.unit[member] : '', record]));
  return { byKey: by('key'), byPlace: by('place'), byFingerprint: by('fingerprint') };
}

function ended(state: UnitState, code?: string): UnitRecord {
  return recordOf(unit, { state, sequence: null, counts: null, attempts: 3, ...(code === undefined ? {} : { code }) });
}

const cases: [string, KnownUnits, Partial<Policy>, Partial<UnitChoice>][] = [
  ['nothing is known', known(), {}, { kind: 'load', because: 'new', attempts: 0 }],
  ['it is loaded', known(recordOf(unit)), {}, { kind: 'leave', reason: 'already loaded' }],
  ['it was quarantined', known(ended('quarantined')), {}, { kind: 'leave' }],
  ['it was held', known(ended('held', 'REJECTED_LIMIT')), {}, { kind: 'load', because: 'retry', attempts: 3 }],
  ['it failed', known(ended('failed')), {}, { kind: 'load', because: 'retry', attempts: 3 }],
  ['it was empty', known(ended('skipped', 'FILE_EMPTY')), {}, { kind: 'leave', reason: 'skipped before: it holds no values' }],
  ['an earlier version is loaded', known(recordOf(earlier)), {}, { kind: 'compare', relation: 'same-place' }],
  [
    'an earlier version was quarantined',
    known(recordOf(earlier, { state: 'quarantined' })),
    {},
    { kind: 'load', because: 'changed' },
  ],
  ['the content is loaded under another name', known(recordOf(twin)), {}, { kind: 'compare', relation: 'same-fingerprint' }],
  ['the same, and the spec loads it', known(recordOf(twin)), { onSameContent: 'load' }, { kind: 'load', because: 'new' }],
  ['a file without rows has the same content', known(recordOf(twin, { counts: {} })), {}, { kind: 'load', because: 'new' }],
  ['the same content was quarantined', known(recordOf(twin, { state: 'quarantined' })), {}, { kind: 'load', because: 'new' }],
];

/** This unit was dealt with before; an earlier version, or the same content, is loaded. */
const decisions: [string, UnitRecord, UnitRecord, Partial<Policy>, Partial<UnitChoice>][] = [
  ['changed, held', ended('held', 'OBJECT_CHANGED_AFTER_LOAD'), recordOf(earlier), {}, { kind: 'compare', attempts: 3 }],
  [
    'changed, held, ignored now',
    ended('held', 'OBJECT_CHANGED_AFTER_LOAD'),
    recordOf(earlier),
    { onChanged: 'ignore' },
    { kind: 'compare' },
  ],
  [
    'changed, ignored',
    ended('skipped', 'OBJECT_CHANGED_AFTER_LOAD'),
    recordOf(earlier),
    { onChanged: 'ignore' },
    { kind: 'leave' },
  ],
  ['changed, ignored, held now', ended('skipped', 'OBJECT_CHANGED_AFTER_LOAD'), recordOf(earlier), {}, { kind: 'compare' }],
  ['a copy, skipped', ended('skipped', 'OBJECT_SAME_CONTENT'), recordOf(twin), {}, { kind: 'leave' }],
  [
    'a copy, skipped, held now',
    ended('skipped', 'OBJECT_SAME_CONTENT'),
    recordOf(twin),
    { onSameContent: 'hold' },
    { kind: 'compare' },
  ],
  [
    'a copy, skipped, loaded now',
    ended('skipped', 'OBJECT_SAME_CONTENT'),
    recordOf(twin),
    { onSameContent: 'load' },
    { kind: 'load', because: 'requested', attempts: 3 },
  ],
  ['a copy, held', ended('held', 'OBJECT_SAME_CONTENT'), recordOf(twin), { onSameContent: 'hold' }, { kind: 'compare' }],
];

describe('chooseUnit', () => {
  it.each(cases)('%s', (_, ledger, policy, expected) => {
    expect(chooseUnit(unit, ledger, { ...defaults, ...policy })).toMatchObject(expected);
  });

  it.each(decisions)('looks again at what waited for the spec: %s', (_, own, loaded, policy, expected) => {
    const ledger: KnownUnits = { ...known(loaded), byKey: new Map([[unit.key, own]]) };
    expect(chooseUnit(unit, ledger, { ...defaults, ...policy })).toMatchObject(expected);
  });

  it('gives a reason that many files share', () => {
    const reasons = ['x.csv', 'y.csv'].map((name) => {
      const one = unitOf(name);
      const record = recordOf(one, { state: 'skipped', code: 'OBJECT_SAME_CONTENT' });
      const choice = chooseUnit(one, known(record), defaults);
      return choice.kind === 'leave' && choice.reason;
    });
    expect(new Set(reasons).size).toBe(1);
  });
});

describe('settleComparison', () => {
  const compare = (relation: 'same-place' | 'same-fingerprint') => ({
    kind: 'compare' as const,
    known: recordOf(relation === 'same-place' ? earlier : twin),
    relation,
    attempts: 1,
  });
  const same = recordOf(unit).sha256!;

  it('records an unchanged file under its new identity, with the commit that loaded it', () => {
    expect(settleComparison(unit, compare('same-place'), same, defaults)).toMatchObject({
      kind: 'set-aside',
      record: { unit: { key: 'a#2' }, state: 'ingested', sequence: 1, sha256: same, finding: { code: 'OBJECT_UNCHANGED' } },
    });
  });

  it.each([
    ['hold', { kind: 'set-aside', record: { state: 'held', finding: { severity: 'warning' } } }],
    ['ignore', { kind: 'set-aside', record: { state: 'skipped', finding: { severity: 'info' } } }],
    ['append', { kind: 'load', because: 'changed', attempts: 1 }],
  ] as const)('changed content, onChanged %s', (onChanged, expected) => {
    for (const sha256 of ['other', null]) {
      expect(settleComparison(unit, compare('same-place'), sha256, { ...defaults, onChanged })).toMatchObject(expected);
    }
  });

  it.each([
    ['skip', { kind: 'set-aside', record: { state: 'skipped', sha256: same, finding: { code: 'OBJECT_SAME_CONTENT' } } }],
    ['hold', { kind: 'set-aside', record: { state: 'held', attempts: 2 } }],
  ] as const)('the same content under another name, onSameContent %s, names the earlier file', (onSameContent, expected) => {
    const settled = settleComparison(unit, compare('same-fingerprint'), same, { ...defaults, onSameContent });
    expect(settled).toMatchObject(expected);
    expect(settled.kind === 'set-aside' && settled.record.finding.message).toContain(twin.uri);
  });

  it('loads what only looked the same', () => {
    expect(settleComparison(unit, compare('same-fingerprint'), 'other', defaults)).toMatchObject({ kind: 'load' });
  });

  it('offers patches after which the unit would not wait', () => {
    const settled = settleComparison(unit, compare('same-place'), null, defaults);
    const patches = settled.kind === 'set-aside' ? (settled.record.finding.fixes ?? []) : [];
    expect(patches.map(({ specPatch }) => specPatch)).toEqual([
      [{ op: 'replace', path: '/input/onChanged', value: 'append' }],
      [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }],
    ]);
  });
});
