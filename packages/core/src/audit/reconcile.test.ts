import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CommitState } from '../ledger/commit-history.ts';
import type { RowOrigin } from '../ledger/row-origins.ts';
import { COUNTED_AS_LOADED } from '../ledger/unknown-content.ts';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { FileTally } from './file-tally.ts';
import { type ReconcileFacts, Reconciliation } from './reconcile.ts';

const OUTPUTS = { accepted: 'main', rejected: 'rejected' };

/** Rows of a table by file and version. */
function originsOf(rows: Iterable<RowOrigin>): NonNullable<ReconcileFacts['origins']> {
  const all = [...rows];
  return {
    find: (uri, version) => all.find((origin) => origin.uri === uri && origin.version === version),
    [Symbol.iterator]: () => all[Symbol.iterator]() as Generator<RowOrigin>,
  };
}

function reconciled(records: Iterable<UnitRecord>, facts: Partial<ReconcileFacts>) {
  const reconciliation = new Reconciliation({
    units: [],
    origins: originsOf([]),
    outputs: OUTPUTS,
    isRejectedCompared: true,
    intent: null,
    stateOf: () => 'live',
    isCopyLoaded: false,
    areRowsReplaced: false,
    ...facts,
  });
  for (const record of records) reconciliation.addRecord(record);
  return reconciliation.finish();
}

function versionOf(name: string, version: number): ObjectUnit {
  const unit = unitOf(name);
  return { ...unit, key: `${unit.uri}#${version}`, version: String(version), fingerprint: `${name} ${version}` };
}

function countsOf(written: number, rejected: number): UnitRecord['counts'] {
  const none = { expanded: 0, filtered: 0, deduplicated: 0, replaced: 0 };
  const read = written + rejected;
  return {
    main: { ...none, read, written, rejected },
    rejected: { ...none, read, written: rejected, rejected: 0, filtered: written },
  };
}

/** One file of the model: its version in the folder, what became of each version, and what somebody did to its rows. */
const file = fc.record({
  loaded: fc.array(fc.record({ rows: fc.nat(5), rejected: fc.nat(3) }), { maxLength: 2 }),
  inFolder: fc.constantFrom('last', 'newer', 'gone'),
  tableRows: fc.constantFrom('same', 'twice', 'none'),
  isLedgerForgotten: fc.boolean(),
  newer: fc.constantFrom('unknown', 'held', 'quarantined'),
});

const named = (tally: FileTally): string[] => tally.counts().examples.map(({ file: uri, version }) => `${uri}#${version}`);

describe('reconciling folder, ledger and table', () => {
  it('says of every file what became of it, and counts each once', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), (files) => {
        const units: ObjectUnit[] = [];
        const records: UnitRecord[] = [];
        const rows: RowOrigin[] = [];
        const expected: Record<string, string[]> = {};
        const expect_ = (kind: string, unit: ObjectUnit): void => {
          expected[kind] = [...(expected[kind] ?? []), unit.key];
        };
        const agreeing = { files: 0, rows: 0, rejected: 0 };
        for (const [number, { loaded, inFolder, tableRows, isLedgerForgotten, newer }] of files.entries()) {
          const name = `${number}.csv`;
          const present =
            inFolder === 'gone' ? null : versionOf(name, inFolder === 'newer' ? loaded.length + 1 : Math.max(1, loaded.length));
          const isKnownThere = loaded.length > 0 && inFolder === 'last';
          if (present) units.push(present);
          let isInTable = false;
          for (const [at, { rows: accepted, rejected }] of loaded.entries()) {
            const unit = versionOf(name, at + 1);
            const factor = { same: 1, twice: 2, none: 0 }[tableRows];
            const has = accepted + rejected > 0 && factor > 0;
            if (has)
              rows.push({ uri: unit.uri, version: unit.version, accepted: accepted * factor, rejected: rejected * factor });
            isInTable ||= has;
            if (isLedgerForgotten) {
              if (has) expect_(present ? 'wouldRepeat' : 'unknownOrigin', unit);
              continue;
            }
            records.push(recordOf(unit, { counts: countsOf(accepted, rejected) }));
            if (!present) expect_('gone', unit);
            if (factor === 2 && accepted > 0) expect_('twice', unit);
            if (factor === 2 && rejected > 0) expect_('rejectedMore', unit);
            if (factor === 0 && accepted > 0) expect_('takenAway', unit);
            if (factor === 0 && rejected > 0) expect_('rejectedFewer', unit);
            if (factor !== 1 && accepted + rejected > 0) continue;
            agreeing.files += 1;
            agreeing.rows += accepted;
            agreeing.rejected += rejected;
          }
          if (!present || (isKnownThere && !isLedgerForgotten)) continue;
          const wasLoaded = loaded.length > 0 && !isLedgerForgotten;
          if (isLedgerForgotten && isInTable) continue;
          if (newer !== 'unknown') {
            const code = wasLoaded ? 'OBJECT_CHANGED_AFTER_LOAD' : 'MALFORMED_UNIT';
            records.push(recordOf(present, { state: newer, code, counts: null, sequence: null }));
            expect_(wasLoaded && newer === 'held' ? 'changed' : `${newer} ${code}`, present);
          } else expect_(wasLoaded ? 'changed' : 'neverSeen', present);
        }
        const result = reconciled(records, { units, origins: originsOf(rows) });
        const { setAside, ledger: _, found: __, agreeing: agree, ...tallies } = result;
        const told = Object.fromEntries(
          [...Object.entries(tallies), ...setAside].filter(([, tally]) => tally.files > 0).map(([kind, tally]) => [kind, tally]),
        );
        expect(Object.fromEntries(Object.entries(told).map(([kind, tally]) => [kind, tally.files]))).toEqual(
          Object.fromEntries(Object.entries(expected).map(([kind, keys]) => [kind, keys.length])),
        );
        for (const [kind, tally] of Object.entries(told)) expect(expected[kind]).toEqual(expect.arrayContaining(named(tally)));
        expect(agree).toEqual(agreeing);
      }),
    );
  });

  it('gives the numbers of all files and the names of the first', () => {
    const records = Array.from({ length: 20 }, (_, at) => recordOf(versionOf(`${at}.csv`, 1), { counts: countsOf(3, 0) }));
    const { takenAway } = reconciled(records, {});
    expect(takenAway.counts()).toMatchObject({ files: 20, rows: { ledger: 60, table: 0 } });
    expect(takenAway.counts().examples).toHaveLength(5);
  });

  it.each<[CommitState, string]>([
    ['live', 'takenAway'],
    ['expired', 'takenAway'],
    ['rolled-back', 'missing'],
    ['undecidable', 'missing'],
    ['none', 'missing'],
  ])('rows of a commit that is %s in the table are %s', (state, kind) => {
    const result = reconciled([recordOf(unitOf('a.csv'))], { stateOf: () => state });
    expect({ takenAway: result.takenAway.files, missing: result.missing.files }).toEqual({ takenAway: 0, missing: 0, [kind]: 1 });
  });

  it('does not compare what nobody counted', () => {
    const unit = unitOf('a.csv');
    const record = recordOf(unit, { counts: null, code: COUNTED_AS_LOADED, sequence: null });
    const origins = originsOf([{ uri: unit.uri, version: unit.version, accepted: 7, rejected: 0 }]);
    const { countedAsLoaded, twice, unknownOrigin, ledger } = reconciled([record], { units: [unit], origins });
    expect([countedAsLoaded.files, twice.files, unknownOrigin.files, ledger.files]).toEqual([1, 0, 0, 0]);
  });

  it('counts a file that was only touched once', () => {
    const [before, after] = [versionOf('a.csv', 1), { ...versionOf('a.csv', 2), fingerprint: 'a.csv 1' }];
    const finding = { code: 'OBJECT_UNCHANGED', severity: 'info' as const, message: '' };
    const records = [recordOf(before), recordOf(after, { finding })];
    const origins = originsOf([{ uri: before.uri, version: '1', accepted: 2, rejected: 0 }]);
    const { agreeing, gone, changed, takenAway } = reconciled(records, { units: [after], origins });
    expect([agreeing.files, gone.files, changed.files, takenAway.files]).toEqual([1, 0, 0, 0]);
  });

  it('leaves the files of an open commit to the run that settles it', () => {
    const unit = unitOf('a.csv');
    const intent = { unitKeys: [unit.key], records: [recordOf(unit)] } as unknown as ReconcileFacts['intent'];
    const origins = originsOf([{ uri: unit.uri, version: unit.version, accepted: 2, rejected: 0 }]);
    const { neverSeen, wouldRepeat, found } = reconciled([], { units: [unit], origins, intent });
    expect([neverSeen.files, wouldRepeat.files, found.rows]).toEqual([0, 0, 2]);
  });

  it('takes a new name with loaded content for a probable copy, unless copies are loaded', () => {
    const copy = { ...unitOf('copy.csv'), fingerprint: 'fingerprint of a.csv' };
    const told = (isCopyLoaded: boolean) => {
      const { perhapsCopies, neverSeen } = reconciled([recordOf(unitOf('a.csv'))], { units: [copy], isCopyLoaded });
      return [perhapsCopies.files, neverSeen.files];
    };
    expect([told(false), told(true)]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('adds up two contents that have one version', () => {
    const unit = unitOf('a.csv');
    const records = [recordOf(unit), recordOf({ ...unit, key: `${unit.key}-other` })];
    const { agreeing, twice } = reconciled(records, {
      origins: originsOf([{ uri: unit.uri, version: unit.version, accepted: 4, rejected: 0 }]),
    });
    expect([agreeing.rows, twice.files]).toEqual([4, 0]);
  });
});
