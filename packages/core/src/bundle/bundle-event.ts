import type { RunEvent } from '../run/run-event.ts';
import type { BundleLabels } from './bundle-labels.ts';
import { type BundleParts, wordOf } from './bundle-parts.ts';
import { bundleChanges, skippedOf } from './bundle-plan.ts';
import { bundleDiagnostic, bundleRecord } from './bundle-records.ts';
import type { BundleEvent } from './support-bundle.ts';

/** An event without words, values, paths and names of machines; null: there is nothing in it to keep. */
export function bundleEvent(event: RunEvent, labels: BundleLabels, parts: BundleParts): BundleEvent | null {
  const { n, at } = event;
  switch (event.kind) {
    case 'run-started':
      return { n, at, kind: event.kind, engine: wordOf(event.engine) };
    case 'planned': {
      const { kind, planId, units, bytes, skipped } = event;
      return { n, at, kind, planId, units, bytes, skipped: skippedOf(skipped) };
    }
    case 'degraded':
      return { n, at, kind: event.kind, from: wordOf(event.from), to: wordOf(event.to) };
    case 'waiting':
      return { n, at, kind: event.kind, reason: event.reason };
    case 'recovered':
      return { n, at, kind: event.kind, outcome: event.outcome, units: event.units };
    case 'unit-finished':
      return { n, at, kind: event.kind, record: bundleRecord(event.record, labels) };
    case 'finding':
      return { n, at, kind: event.kind, diagnostic: bundleDiagnostic(event.diagnostic, labels) };
    case 'schema-changed':
      return { n, at, kind: event.kind, output: event.output, changes: bundleChanges(event.changes, 'run', parts) };
    case 'commit-attempted': {
      const { kind, output, attempt, outcome } = event;
      return { n, at, kind, output, attempt, outcome };
    }
    case 'run-finished': {
      const { outcome, units, counts, snapshots } = event.result;
      return { n, at, kind: event.kind, result: { outcome, units, counts, snapshots } };
    }
    default:
      return null;
  }
}
