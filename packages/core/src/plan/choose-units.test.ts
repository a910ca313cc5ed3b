import { describe, expect, it } from 'vitest';
import type { UnitRecord, UnitState } from '../checkpoint/unit-record.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import {
  chooseUnit,
  type KnownUnits,
  settleComparison,
  type UnitChoice,
  unreadableKey,
  unreadableObject,
} from './choose-units.ts';
import { recordOf, unitOf } from './plan-values.fixture.ts';

type Policy = Pick<InputSpec, 'onChanged' | 'onSameContent'>;

const defaults: Policy = { onChanged: 'hold', onSameContent: 'skip' };
const unit = unitOf('a.csv', { key: 'a#2' });
const earlier = unitOf('a.csv', { key: 'a#1' });
const twin = unitOf('b.csv', { key: 'b#1', fingerprint: unit.fingerprint });
/** Another content of the same place. */
const before = unitOf('a.csv', { key: 'a#0', fingerprint: 'before' });

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

  it.each<[string, UnitRecord, UnitRecord | null, Partial<Policy>, Partial<UnitChoice>]>([
    ['other content', recordOf(before), null, {}, { kind: 'compare', known: recordOf(before), replaces: recordOf(before) }],
    [
      'content that was loaded from here before the newest',
      recordOf(before),
      recordOf(earlier),
      {},
      { kind: 'compare', known: recordOf(earlier), relation: 'same-place', replaces: recordOf(before) },
    ],
    [
      'content that was loaded from here before the newest, and the spec loads equal content',
      recordOf(before),
      recordOf(earlier),
      { onSameContent: 'load' },
      { kind: 'compare', known: recordOf(earlier), relation: 'same-place' },
    ],
    [
      'the content of another file: the two were swapped, or one was renamed over the other',
      recordOf(before),
      recordOf(twin),
      {},
      { kind: 'compare', known: recordOf(twin), relation: 'same-fingerprint', replaces: recordOf(before) },
    ],
    [
      'the content of another file, and the spec loads equal content',
      recordOf(before),
      recordOf(twin),
      { onSameContent: 'load' },
      { kind: 'compare', known: recordOf(before), relation: 'same-place' },
    ],
  ])('a place that is loaded has now %s', (_, loaded, sameContent, policy, expected) => {
    const ledger: KnownUnits = {
      byKey: new Map(),
      byPlace: new Map([[unit.place, loaded]]),
      byFingerprint: new Map(sameContent ? [[unit.fingerprint, sameContent]] : []),
    };
    expect(chooseUnit(unit, ledger, { ...defaults, ...policy })).toMatchObject(expected);
  });

  describe('a copy that was left out', () => {
    const copy = recordOf(before, { state: 'skipped', code: 'OBJECT_SAME_CONTENT', attempts: 1 });
    const original = recordOf(unitOf('original.csv', { fingerprint: before.fingerprint }));
    const ledger = (...loaded: UnitRecord[]): KnownUnits => ({ ...known(...loaded), byPlace: new Map([[unit.place, copy]]) });

    it('and changed since is a changed file, when its original is loaded', () => {
      expect(chooseUnit(unit, ledger(original), defaults)).toMatchObject({ kind: 'compare', known: copy, replaces: copy });
      expect(chooseUnit(unit, ledger(original), { ...defaults, onSameContent: 'load' })).toMatchObject({ kind: 'load' });
    });

    it('is loaded when its original never was', () => {
      const own: KnownUnits = { ...ledger(), byKey: new Map([[before.key, copy]]) };
      expect(chooseUnit(before, own, defaults)).toMatchObject({ kind: 'load', because: 'requested' });
      expect(chooseUnit(unit, ledger(), defaults)).toMatchObject({ kind: 'load', because: 'changed' });
    });
  });

  it('takes a version that could be read again for a retry, not for a change', () => {
    const record = unreadableObject({ uri: unit.place, error: { code: 'X', message: 'x' } as never }, undefined);
    expect(chooseUnit(unit, known(record), defaults)).toEqual({ kind: 'load', because: 'retry', attempts: 0 });
  });

  it('gives a reason that many files share', () => {
    const reasons = ['x.csv', 'y.csv'].map((name) => {
      const one = unitOf(name);
      const record = recordOf(one, { state: 'skipped', code: 'OBJECT_SAME_CONTENT' });
      const original = recordOf(unitOf('original.csv', { fingerprint: one.fingerprint }));
      const choice = chooseUnit(one, { ...known(original), byKey: new Map([[one.key, record]]) }, defaults);
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
    replaces: relation === 'same-place' ? recordOf(earlier) : null,
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

  it('does not load a changed file whose content is that of another one, and says so', () => {
    const swapped = { ...compare('same-fingerprint'), replaces: recordOf(before) };
    for (const onChanged of ['hold', 'append', 'ignore'] as const) {
      const settled = settleComparison(unit, swapped, same, { ...defaults, onChanged });
      expect(settled).toMatchObject({ kind: 'set-aside', record: { state: 'skipped', code: 'OBJECT_SAME_CONTENT' } });
      expect(settled.kind === 'set-aside' && settled.record.finding.message).toMatch(/was overwritten after it was loaded/);
    }
    expect(settleComparison(unit, swapped, 'other', defaults)).toMatchObject({ record: { code: 'OBJECT_CHANGED_AFTER_LOAD' } });
  });

  it('says that a file was emptied', () => {
    const settled = settleComparison({ ...unit, sizeBytes: 0 }, compare('same-place'), null, defaults);
    expect(settled.kind === 'set-aside' && settled.record.finding.message).toMatch(
      /a\.csv was emptied after it was loaded; its earlier/,
    );
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

describe('unreadableObject', () => {
  const object = { uri: 'file:///landing/a.csv', error: { code: 'SOURCE_ACCESS_DENIED', message: 'No.' } as never };

  it('fails under one key, so that attempts are counted', () => {
    const first = unreadableObject(object, undefined);
    expect(first).toMatchObject({
      state: 'failed',
      code: 'SOURCE_ACCESS_DENIED',
      attempts: 1,
      finding: { severity: 'error', message: 'No. It is not loaded; the next run tries it again.' },
    });
    const second = unreadableObject(object, first);
    expect(second).toMatchObject({ attempts: 2, unit: { key: unreadableKey(object.uri), place: object.uri } });
    expect(second.unit.key).toBe(first.unit.key);
  });
});
