import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { COUNTED_AS_LOADED, mayHoldContentOf, perhapsChanged, perhapsCopied } from '../ledger/unknown-content.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { UnreadableObject } from '../source/source.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import type { SetAsideUnit, UnitReason } from './ingestion-plan.ts';
import { ALREADY_LOADED, COUNTED_BEFORE, QUARANTINED_BEFORE } from './skip-reasons.ts';
import { OBJECT_REPLACED } from './superseded-records.ts';

/** What the ledger knows about the units of one listing page. Of those that `byKey` tells to be ingested, place and fingerprint need not be there. */
export interface KnownUnits {
  /** By unit key. */
  byKey: ReadonlyMap<string, UnitRecord>;
  /** Newest record by place; the newest ingested one where there is one. */
  byPlace: ReadonlyMap<string, UnitRecord>;
  /** Newest record by fingerprint; the newest ingested one where there is one. Of the listed units, and of the copies in `byPlace`. */
  byFingerprint: ReadonlyMap<string, UnitRecord>;
}

/**
 * What is to be done with one listed object.
 *
 * - `load`: it becomes part of a batch. `replaces`: the rows of what was loaded from this place before go.
 * - `leave`: the ledger has it already; `reason` groups it in the plan.
 * - `compare`: only the whole content can tell whether it is that of `known`; hash it and ask `settleComparison`. `replaces`: what was
 *   loaded from this place before, so that other content is a changed file and not a new one.
 */
export type UnitChoice =
  | { kind: 'load'; because: UnitReason; attempts: number; replaces?: true }
  | { kind: 'leave'; reason: string }
  | {
      kind: 'compare';
      known: UnitRecord;
      relation: 'same-place' | 'same-fingerprint';
      replaces: UnitRecord | null;
      attempts: number;
    };

type Policy = Pick<InputSpec, 'onChanged' | 'onSameContent'> & {
  /** `onChanged: 'replace'` would be accepted for this spec, so that it may be offered. Default no. */
  canReplace?: boolean;
};

/**
 * Decides from the ledger alone, without reading the object. What waited for a decision, or was left out because the spec said so, is looked at
 * again: the spec may say something else now. Pure.
 *
 * Content goes before place: a file that was put back to a version that was loaded long ago, or two files that swapped their names, hold
 * nothing that is not in the table.
 *
 * @param isWorthAnotherTry Asked about a quarantined version of the very same content; default: never.
 */
export function chooseUnit(
  unit: ObjectUnit,
  known: KnownUnits,
  policy: Policy,
  isWorthAnotherTry: (quarantined: UnitRecord) => boolean = () => false,
): UnitChoice {
  const record = known.byKey.get(unit.key);
  const sameContent = known.byFingerprint.get(unit.fingerprint);
  if (record?.state === 'ingested')
    return { kind: 'leave', reason: record.code === COUNTED_AS_LOADED ? COUNTED_BEFORE : ALREADY_LOADED };
  if (record?.state === 'quarantined' && !isWorthAnotherTry(record)) return { kind: 'leave', reason: QUARANTINED_BEFORE };
  // What was replaced and is there again is one more change of the file.
  if (record?.state === 'skipped' && record.code !== OBJECT_REPLACED && isStillSkipped(record, sameContent, policy))
    return { kind: 'leave', reason: skippedReason(record) };
  const attempts = record?.attempts ?? 0;
  const samePlace = known.byPlace.get(unit.place);
  const replaces = samePlace && isInTable(samePlace, known, policy) ? samePlace : null;
  const equal = perhapsEqual(unit, samePlace, sameContent, policy);
  if (equal) return { kind: 'compare', ...equal, replaces, attempts };
  if (replaces) return { kind: 'compare', known: replaces, relation: 'same-place', replaces, attempts };
  if (record) return { kind: 'load', because: record.state === 'skipped' ? 'requested' : 'retry', attempts };
  return { kind: 'load', because: firstReason(samePlace), attempts };
}

/** The loaded unit whose content this one may have. */
function perhapsEqual(
  { place, fingerprint }: ObjectUnit,
  samePlace: UnitRecord | undefined,
  sameContent: UnitRecord | undefined,
  { onSameContent }: Policy,
): Pick<Extract<UnitChoice, { kind: 'compare' }>, 'known' | 'relation'> | null {
  if (samePlace?.state === 'ingested' && objectOf(samePlace)?.fingerprint === fingerprint)
    return { known: samePlace, relation: 'same-place' };
  if (sameContent?.state !== 'ingested') return null;
  if (objectOf(sameContent)?.place === place) return { known: sameContent, relation: 'same-place' };
  if (onSameContent === 'load' || !hasRows(sameContent)) return null;
  return { known: sameContent, relation: 'same-fingerprint' };
}

/**
 * The rows of a copy that was left out are in the table too, when what it is a copy of was loaded: what becomes of the copy later is a change
 * of loaded content.
 */
function isInTable(record: UnitRecord, { byFingerprint }: KnownUnits, { onSameContent }: Policy): boolean {
  if (record.state === 'ingested') return true;
  // It replaced such a copy: a version with rows of its own would have been found in its stead.
  if (record.code === 'OBJECT_CHANGED_AFTER_LOAD') return true;
  if (!isSkippedCopy(record) || onSameContent === 'load') return false;
  return byFingerprint.get(objectOf(record)?.fingerprint ?? '')?.state === 'ingested';
}

/** A unit that was left out because its content was loaded, or to be loaded, under another name. */
export function isSkippedCopy({ state, code }: UnitRecord): boolean {
  return state === 'skipped' && code === 'OBJECT_SAME_CONTENT';
}

/** A version that could not be read is not one that the new one differs from. */
function firstReason(samePlace: UnitRecord | undefined): UnitReason {
  if (!samePlace) return 'new';
  return samePlace.state === 'failed' ? 'retry' : 'changed';
}

/** A copy stays out only while what it is a copy of is in the table: that one may have failed, or gone, before it was loaded. */
function isStillSkipped(
  { code }: UnitRecord,
  sameContent: UnitRecord | undefined,
  { onChanged, onSameContent }: Policy,
): boolean {
  if (code === 'OBJECT_CHANGED_AFTER_LOAD') return onChanged === 'ignore';
  return code === 'OBJECT_SAME_CONTENT' ? onSameContent === 'skip' && sameContent?.state === 'ingested' : true;
}

/** Without the name of the file, so that many files share one line. */
function skippedReason({ code }: UnitRecord): string {
  if (code === 'FILE_EMPTY') return 'skipped before: it holds no values';
  if (code === 'OBJECT_SAME_CONTENT') return 'skipped before: its content is loaded already';
  return code === 'OBJECT_CHANGED_AFTER_LOAD' ? 'skipped before: changed after its earlier content was loaded' : 'skipped before';
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
  policy: Policy,
): Exclude<UnitChoice, { kind: 'compare' }> | { kind: 'set-aside'; record: SetAsideUnit } {
  const { known, relation, replaces, attempts } = comparison;
  const equal = sha256 !== null && known.state === 'ingested' && sha256 === known.sha256;
  if (equal && relation === 'same-place') return unchanged(unit, known);
  if (equal) {
    const state = policy.onSameContent === 'hold' ? 'held' : 'skipped';
    return setAside(unit, state, sha256, sameContent(unit, known, replaces, state), attempts);
  }
  // Only rows that name the file can be found; those of a copy that was left out name another one.
  if (policy.onChanged === 'replace' && replaces?.state === 'ingested' && !mayBeCopied(unit, comparison))
    return { kind: 'load', because: 'changed', attempts, replaces: true };
  const untold = untoldContent(unit, comparison, policy);
  if (untold) return setAside(unit, 'held', sha256, untold, attempts);
  if (!replaces) return { kind: 'load', because: attempts > 0 ? 'retry' : 'new', attempts };
  if (policy.onChanged === 'append') return { kind: 'load', because: 'changed', attempts };
  const state = policy.onChanged === 'ignore' ? 'skipped' : 'held';
  return setAside(unit, state, sha256, changedAfterLoad(unit, replaces, state, policy.canReplace), attempts);
}

function mayBeCopied(unit: ObjectUnit, { known, relation }: Extract<UnitChoice, { kind: 'compare' }>): boolean {
  return relation === 'same-fingerprint' && mayHoldContentOf(known, unit);
}

/** Where it cannot be told whether the content is loaded, loading it could double rows, and nobody would have decided that. */
function untoldContent(
  unit: ObjectUnit,
  { known, relation, replaces }: Extract<UnitChoice, { kind: 'compare' }>,
  { onChanged }: Policy,
): Diagnostic | null {
  if (replaces && mayHoldContentOf(replaces, unit)) return onChanged === 'ignore' ? null : perhapsChanged(unit, replaces);
  if (!mayHoldContentOf(known, unit)) return null;
  return relation === 'same-fingerprint' ? perhapsCopied(unit, known) : perhapsChanged(unit, known);
}

/** The record of an object that its source could see and not look at. Its key stays the same, so that attempts are counted. */
export function unreadableObject({ uri, error }: UnreadableObject, known: UnitRecord | undefined): SetAsideUnit {
  const unit: ObjectUnit = {
    kind: 'object',
    key: unreadableKey(uri),
    place: uri,
    fingerprint: unreadableKey(uri),
    uri,
    version: 'unreadable',
    sizeBytes: 0,
    modifiedAt: new Date(0).toISOString(),
  };
  const message = `${error.message} It is not loaded; the next run tries it again.`;
  const finding: Diagnostic = { code: error.code, severity: 'error', message, at: { unit: unit.key } };
  return setAside(unit, 'failed', null, finding, known?.attempts ?? 0).record;
}

/** Ledger identity of an object of which nothing but its name is known. */
export function unreadableKey(uri: string): string {
  return `${uri}#unreadable`;
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

function unchanged(unit: ObjectUnit, known: UnitRecord): { kind: 'set-aside'; record: SetAsideUnit } {
  const finding: Diagnostic = {
    code: 'OBJECT_UNCHANGED',
    severity: 'info',
    message: `${unit.uri} was moved, restored or touched, but its content is one that is loaded already: nothing is loaded again.`,
    at: { unit: unit.key },
  };
  return { kind: 'set-aside', record: { ...known, unit, finding } };
}

function sameContent(unit: ObjectUnit, known: UnitRecord, replaces: UnitRecord | null, state: 'held' | 'skipped'): Diagnostic {
  const earlier = objectOf(known)?.uri ?? known.unit.key;
  const is = contentVerb(unit, replaces);
  const then = state === 'held' ? 'it waits for a decision' : 'it is not loaded a second time';
  return {
    code: 'OBJECT_SAME_CONTENT',
    severity: state === 'held' ? 'warning' : 'info',
    message: `${unit.uri} ${is} the same content as ${earlier}, which is loaded already or in the same batch: ${then}.`,
    at: { unit: unit.key },
    fixes: [
      {
        title: 'Load files with equal content as well',
        specPatch: [{ op: 'replace', path: '/input/onSameContent', value: 'load' }],
      },
      ...(state === 'held'
        ? [{ title: 'Leave copies out', specPatch: [{ op: 'replace', path: '/input/onSameContent', value: 'skip' }] }]
        : []),
    ],
  };
}

/** What stood in the place before may have been loaded, or left out as a copy: of the same content, or of another one. */
function contentVerb({ fingerprint }: ObjectUnit, replaces: UnitRecord | null): string {
  if (!replaces) return 'has';
  if (replaces.state === 'ingested') return 'was overwritten after it was loaded and now has';
  return objectOf(replaces)?.fingerprint === fingerprint ? 'still has' : 'was overwritten and now has';
}

function changedAfterLoad(unit: ObjectUnit, replaces: UnitRecord, state: 'held' | 'skipped', canReplace = false): Diagnostic {
  const what = unit.sizeBytes === 0 ? 'was emptied' : 'changed';
  const [when, whose] = whatBefore(replaces);
  const then =
    state === 'held'
      ? 'Nothing of it is loaded until that is decided: put the earlier content back, put new rows into a new file, or set input.onChanged in the spec.'
      : 'Nothing of it is loaded, as the spec says.';
  return {
    code: 'OBJECT_CHANGED_AFTER_LOAD',
    severity: state === 'held' ? 'warning' : 'info',
    message: `${unit.uri} ${what} ${when}; ${whose} in the table. ${then}`,
    at: { unit: unit.key },
    fixes: [
      ...(canReplace && replaces.state === 'ingested'
        ? [
            {
              title: 'Replace the rows of a changed file by those that it has now',
              specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'replace' }],
            },
          ]
        : []),
      {
        title: 'Load changed files as a whole; their earlier rows stay, so rows that did not change are there twice',
        specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'append' }],
      },
      { title: 'Ignore changed files', specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }] },
    ],
  };
}

function whatBefore({ state, code }: UnitRecord): [when: string, whose: string] {
  if (code === COUNTED_AS_LOADED) return ['after it was counted as loaded', 'none of its rows are'];
  return state === 'ingested'
    ? ['after it was loaded', 'its earlier rows are']
    : ['after it was left out as a copy of loaded content', 'the rows of its earlier content are'];
}

function objectOf({ unit }: UnitRecord): ObjectUnit | null {
  return unit.kind === 'object' ? unit : null;
}

/** Where nobody counted, there may be some. */
function hasRows({ counts }: UnitRecord): boolean {
  return counts === null || Object.values(counts).some(({ read }) => read > 0);
}
