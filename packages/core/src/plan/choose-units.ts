import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import type { SetAsideUnit, UnitReason } from './ingestion-plan.ts';

/** What the ledger knows about the units of one listing page. */
export interface KnownUnits {
  /** By unit key. */
  byKey: ReadonlyMap<string, UnitRecord>;
  /** Newest record by place; the newest ingested one where there is one. */
  byPlace: ReadonlyMap<string, UnitRecord>;
  /** Newest record by fingerprint; the newest ingested one where there is one. */
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
  | { kind: 'compare'; known: UnitRecord; relation: 'same-place' | 'same-fingerprint'; attempts: number };

/**
 * Decides from the ledger alone, without reading the object. What waited for a decision, or was left out because the spec said so, is looked at
 * again: the spec may say something else now. Pure.
 */
export function chooseUnit(
  unit: ObjectUnit,
  known: KnownUnits,
  policy: Pick<InputSpec, 'onChanged' | 'onSameContent'>,
): UnitChoice {
  const record = known.byKey.get(unit.key);
  if (record?.state === 'ingested') return { kind: 'leave', reason: 'already loaded' };
  if (record?.state === 'quarantined') return { kind: 'leave', reason: 'quarantined before and unchanged since' };
  if (record?.state === 'skipped' && isStillSkipped(record, policy)) return { kind: 'leave', reason: skippedReason(record) };
  const attempts = record?.attempts ?? 0;
  const samePlace = known.byPlace.get(unit.place);
  if (samePlace?.state === 'ingested') return { kind: 'compare', known: samePlace, relation: 'same-place', attempts };
  const sameContent = known.byFingerprint.get(unit.fingerprint);
  if (sameContent?.state === 'ingested' && policy.onSameContent !== 'load' && hasRows(sameContent)) {
    return { kind: 'compare', known: sameContent, relation: 'same-fingerprint', attempts };
  }
  if (record) return { kind: 'load', because: record.state === 'skipped' ? 'requested' : 'retry', attempts };
  return { kind: 'load', because: samePlace ? 'changed' : 'new', attempts };
}

function isStillSkipped(
  { code }: UnitRecord,
  { onChanged, onSameContent }: Pick<InputSpec, 'onChanged' | 'onSameContent'>,
): boolean {
  if (code === 'OBJECT_CHANGED_AFTER_LOAD') return onChanged === 'ignore';
  return code === 'OBJECT_SAME_CONTENT' ? onSameContent === 'skip' : true;
}

/** Without the name of the file, so that many files share one line. */
function skippedReason({ code }: UnitRecord): string {
  if (code === 'FILE_EMPTY') return 'skipped before: it holds no values';
  if (code === 'OBJECT_SAME_CONTENT') return 'skipped before: its content is loaded already';
  return code === 'OBJECT_CHANGED_AFTER_LOAD' ? 'skipped before: changed after it was loaded' : 'skipped before';
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
  const { known, relation, attempts } = comparison;
  const equal = sha256 !== null && sha256 === known.sha256;
  const earlier = known.unit.kind === 'object' ? known.unit.uri : known.unit.key;
  if (relation === 'same-fingerprint') {
    if (!equal) return { kind: 'load', because: attempts > 0 ? 'retry' : 'new', attempts };
    return setAside(
      unit,
      policy.onSameContent === 'hold' ? 'held' : 'skipped',
      sha256,
      {
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
      },
      attempts,
    );
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
  if (policy.onChanged === 'append') return { kind: 'load', because: 'changed', attempts };
  return setAside(
    unit,
    policy.onChanged === 'ignore' ? 'skipped' : 'held',
    sha256,
    {
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
    },
    attempts,
  );
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
