import type { EvidenceMarker, LedgerKey, TableEvidence } from '@calve/core/plugin';
import { CalveError, evidenceName, SUMMARY_KEYS } from '@calve/core/plugin';
import * as z from 'zod';
import { ancestry, headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';

const marker = z.looseObject({
  v: z.literal(1),
  generation: z.string(),
  sequence: z.int().min(1),
  commitId: z.string(),
  snapshot: z.string().regex(/^\d{1,19}$/),
  writerId: z.string(),
});

/**
 * What the table proves about a ledger: the marker in its properties, or the newest snapshot of the ledger among the ancestors of
 * `main`, whichever has the higher sequence. Pure.
 *
 * @returns `null`: neither is there.
 * @throws {CalveError} `MARKER_CONFLICT`: the property is there, but somebody has changed it to what it cannot be.
 */
export function tableEvidence(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  const property = readMarker(metadata, key);
  const summary = newestOwnSnapshot(metadata, key);
  if (property && (!summary || property.sequence >= summary.sequence)) {
    const { generation, sequence, commitId, snapshot } = property;
    return { generation, sequence, commitId, snapshot, kept: 'property' };
  }
  return summary;
}

/** The marker of a ledger; `null` when the table has none. @throws {CalveError} `MARKER_CONFLICT`. */
export function readMarker(metadata: TableMetadata, key: LedgerKey): EvidenceMarker | null {
  const text = metadata.properties?.[evidenceName(key)];
  if (text === undefined) return null;
  const parsed = marker.safeParse(parsedOrUndefined(text));
  if (parsed.success) return parsed.data;
  throw new CalveError(
    'MARKER_CONFLICT',
    `The property ${evidenceName(key)} of the table at ${metadata.location} is not what Calve writes there: ${text.slice(0, 200)}. Somebody changed it; restore it from an earlier metadata file.`,
    { recovery: { kind: 'decide', choices: ['halt'] }, context: { property: evidenceName(key), value: text.slice(0, 1000) } },
  );
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: as wrong as any other content, and reported by the caller.
    return undefined;
  }
}

function newestOwnSnapshot(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  for (const snapshot of ancestry(metadata, headOf(metadata))) {
    const found = summaryEvidence(snapshot, key);
    if (found) return found;
  }
  return null;
}

/** What a snapshot itself says of the commit that made it; `null`: it is not one of this ledger. */
export function summaryEvidence(snapshot: Snapshot, key: LedgerKey): TableEvidence | null {
  const { summary } = snapshot;
  if (summary[SUMMARY_KEYS.tenant] !== key.tenant || summary[SUMMARY_KEYS.ingestion] !== key.ingestion) return null;
  const generation = summary[SUMMARY_KEYS.generation];
  const commitId = summary[SUMMARY_KEYS.commitId];
  const sequence = Number(summary[SUMMARY_KEYS.sequence]);
  if (generation === undefined || commitId === undefined || !Number.isSafeInteger(sequence)) return null;
  return { generation, sequence, commitId, snapshot: String(snapshot['snapshot-id']), kept: 'summary' };
}
