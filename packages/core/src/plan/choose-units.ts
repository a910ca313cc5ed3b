import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import type { SetAsideUnit, UnitReason } from './ingestion-plan.ts';

/** What the ledger knows about the units of one listing page. */
export interface KnownUnits {
  /** By unit key. */
  byKey: ReadonlyMap<string, UnitRecord>;
  /** Newest record by place. */
  byPlace: ReadonlyMap<string, UnitRecord>;
  /** Newest record by fingerprint. */
  byFingerprint: ReadonlyMap<string, UnitRecord>;
}

/**
 * What is to be done with one listed object.
 *
 * - `load`: it becomes part of a batch.
 * - `leave`: the ledger has it already; `reason` groups it in the plan.
 * - `compare`: only the whole content can tell; hash it and ask `settleComparison`.
 */
export type UnitChoice =
  | { kind: 'load'; because: UnitReason; attempts: number }
  | { kind: 'leave'; reason: string }
  | { kind: 'compare'; known: UnitRecord; relation: 'same-place' | 'same-fingerprint' };

/** Pure: decides from the ledger alone, without reading the object. */
export function chooseUnit(unit: ObjectUnit, known: KnownUnits, policy: Pick<InputSpec, 'onSameContent'>): UnitChoice {
  const record = known.byKey.get(unit.key);
  if (record) {
    if (record.state === 'ingested') return { kind: 'leave', reason: 'already loaded' };
    if (record.state === 'skipped') return { kind: 'leave', reason: record.finding?.message ?? 'skipped before' };
    if (record.state === 'quarantined') return { kind: 'leave', reason: 'quarantined before and unchanged since' };
    return { kind: 'load', because: 'retry', attempts: record.attempts };
  }
  const samePlace = known.byPlace.get(unit.place);
  if (samePlace?.state === 'ingested') return { kind: 'compare', known: samePlace, relation: 'same-place' };
  const sameContent = known.byFingerprint.get(unit.fingerprint);
  if (sameContent?.state === 'ingested' && policy.onSameContent !== 'load' && hasRows(sameContent)) {
    return { kind: 'compare', known: sameContent, relation: 'same-fingerprint' };
  }
  return { kind: 'load', because: samePlace ? 'changed' : 'new', attempts: 0 };
}

/**
 * Decides after the whole content was hashed.
 *
 * @param sha256 Of the listed object; null when the fingerprints differ already, so that nothing had to be read.
 * @returns A choice that is never `compare`, or the record to write instead of loading.
 */
export function settleComparison(
  unit: ObjectUnit,
  comparison: Extract<UnitChoice, { kind: 'compare' }>,
  sha256: string | null,
  policy: Pick<InputSpec, 'onChanged' | 'onSameContent'>,
): Exclude<UnitChoice, { kind: 'compare' }> | { kind: 'set-aside'; record: SetAsideUnit } {
  const { known, relation } = comparison;
  const equal = sha256 !== null && sha256 === known.sha256;
  const earlier = known.unit.kind === 'object' ? known.unit.uri : known.unit.key;
  if (relation === 'same-fingerprint') {
    if (!equal) return { kind: 'load', because: 'new', attempts: 0 };
    return setAside(unit, policy.onSameContent === 'hold' ? 'held' : 'skipped', sha256, {
      code: 'OBJECT_SAME_CONTENT',
      severity: policy.onSameContent === 'hold' ? 'warning' : 'info',
      message: `${unit.uri} has the same content as ${earlier}, which is loaded already or in the same batch.`,
      at: { unit: unit.key },
      fixes: [
        {
          title: 'Load files with equal content as well',
          specPatch: [{ op: 'replace', path: '/input/onSameContent', value: 'load' }],
        },
      ],
    });
  }
  if (equal) {
    return {
      kind: 'set-aside',
      record: {
        ...known,
        unit,
        finding: {
          code: 'OBJECT_UNCHANGED',
          severity: 'info',
          message: `${unit.uri} was moved, restored or touched, but its content is the one that is already loaded.`,
          at: { unit: unit.key },
        },
      },
    };
  }
  if (policy.onChanged === 'append') return { kind: 'load', because: 'changed', attempts: 0 };
  return setAside(unit, policy.onChanged === 'ignore' ? 'skipped' : 'held', sha256, {
    code: 'OBJECT_CHANGED_AFTER_LOAD',
    severity: policy.onChanged === 'ignore' ? 'info' : 'warning',
    message: `${unit.uri} changed after it was loaded; its earlier rows are in the table.`,
    at: { unit: unit.key },
    fixes: [
      {
        title: 'Add the rows of changed files to the table',
        specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'append' }],
      },
      { title: 'Ignore changed files', specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }] },
    ],
  });
}

/** A record for a unit that is not loaded. */
export function setAside(
  unit: ObjectUnit,
  state: SetAsideUnit['state'],
  sha256: string | null,
  finding: SetAsideUnit['finding'],
  attempts = 0,
): { kind: 'set-aside'; record: SetAsideUnit } {
  const record: SetAsideUnit = { unit, state, finding, code: finding.code, sequence: null, counts: null, attempts: attempts + 1 };
  return { kind: 'set-aside', record: sha256 === null ? record : { ...record, sha256 } };
}

function hasRows(record: UnitRecord): boolean {
  return Object.values(record.counts ?? {}).some((counts) => counts.read > 0);
}
