import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ObjectUnit } from '../source/input-unit.ts';

/** Code of the records of files that somebody counted as loaded when a ledger was begun anew: nothing of them was read. */
export const COUNTED_AS_LOADED = 'COUNTED_AS_LOADED';

const UNKNOWN = 'unknown:';

/** What stands in the place of a fingerprint where nothing but name and version is known. Equal to that of no file. */
export function unknownFingerprint(uri: string, version: string): string {
  return `${UNKNOWN}${uri}#${version}`;
}

/**
 * Whether a file may hold the content of a record without anybody being able to tell: a ledger that was rebuilt from the table, or began with
 * what was in the source, has not read what it counts as loaded. Different fingerprints are different contents. Pure.
 */
export function mayHoldContentOf({ unit: known, state, sha256 }: UnitRecord, unit: ObjectUnit): boolean {
  if (state !== 'ingested' || sha256 !== undefined || known.kind !== 'object') return false;
  return known.fingerprint.startsWith(UNKNOWN) || known.fingerprint === unit.fingerprint;
}

/** Why a file waits that stands where another version counts as loaded. */
export function perhapsChanged({ uri, key }: ObjectUnit, known: UnitRecord): Diagnostic {
  const rows =
    known.code === COUNTED_AS_LOADED
      ? 'Its earlier version counts as loaded'
      : 'The rows of its earlier version are in the table';
  return {
    code: 'OBJECT_CHANGED_AFTER_LOAD',
    severity: 'warning',
    message:
      `${uri} was changed or touched. ${rows}, but the ledger, which was begun anew, does not know what that version held, so nobody can tell what is new in it. ` +
      'Nothing of it is loaded: put new rows into a new file, or ignore files that change.',
    at: { unit: key },
    fixes: [{ title: 'Ignore changed files', specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }] }],
  };
}

/** Why a file waits that may be a copy of one that counts as loaded. */
export function perhapsCopied({ uri, key }: ObjectUnit, known: UnitRecord): Diagnostic {
  const original = known.unit.kind === 'object' ? known.unit.uri : known.unit.key;
  return {
    code: 'OBJECT_SAME_CONTENT',
    severity: 'warning',
    message:
      `${uri} may be a copy of ${original}, which counts as loaded: the beginning and the size are the same, and the other one is no longer there to be ` +
      'compared. Nothing of it is loaded until that is decided.',
    at: { unit: key },
    fixes: [
      {
        title: 'Load files with equal content as well',
        specPatch: [{ op: 'replace', path: '/input/onSameContent', value: 'load' }],
      },
    ],
  };
}
