import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { errorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { BundleLabels } from './bundle-labels.ts';
import { nameOf, wordOf } from './bundle-parts.ts';
import type { BundleDiagnostic, BundleError, BundleRecord } from './support-bundle.ts';

/** A line of the ledger, or of a plan, without what it says in words. */
export function bundleRecord(
  { unit, state, code, finding, sequence, counts, attempts, sha256 }: UnitRecord,
  labels: BundleLabels,
): BundleRecord {
  return {
    unit: labels.unit(unit),
    state,
    code: code === undefined ? null : wordOf(code),
    finding: finding ? bundleDiagnostic(finding, labels) : null,
    sequence,
    counts,
    attempts,
    isHashed: sha256 !== undefined,
  };
}

/** A finding without its words, its evidence and its fixes, all of which can quote values. */
export function bundleDiagnostic({ code, severity, at }: Diagnostic, labels: BundleLabels): BundleDiagnostic {
  return {
    code: wordOf(code),
    severity,
    unit: at?.unit ? labels.key(at.unit) : null,
    column: at?.column === undefined ? null : nameOf(at.column),
    line: at?.line ?? null,
  };
}

const MOST_CAUSES = 5;

/** An error without its words: what it is, and what caused it. */
export function bundleError(error: unknown): BundleError {
  const { code, recovery, ...data } = errorData(error);
  const causes: string[] = [];
  for (let cause = data.cause; cause && causes.length < MOST_CAUSES; cause = cause.cause) causes.push(wordOf(cause.code));
  return { error: { code: wordOf(code), recovery: recovery.kind, causes } };
}
