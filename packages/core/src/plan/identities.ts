import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { Environment } from '../env/environment.ts';
import { writeCanonicalJson } from '../json/canonical-json.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { IngestionPlan } from './ingestion-plan.ts';

/** SHA-256 of the canonical JSON of a value, in hexadecimal. */
export type HashJson = (value: unknown) => string;

/** A plan may be large: its text never exists as a whole. */
const PIECES_AT_ONCE = 512;

/** A `HashJson` of an environment. */
export function jsonHasher(environment: Pick<Environment, 'sha256'>): HashJson {
  const encoder = new TextEncoder();
  return (value) => {
    const hash = environment.sha256();
    const pieces: string[] = [];
    writeCanonicalJson(value, (piece) => {
      pieces.push(piece);
      if (pieces.length < PIECES_AT_ONCE) return;
      hash.update(encoder.encode(pieces.join('')));
      pieces.length = 0;
    });
    hash.update(encoder.encode(pieces.join('')));
    return hexadecimal(hash.digest());
  };
}

/**
 * Id of a commit: 32 hexadecimal digits that follow from the ledger key, generation, sequence, unit keys (in any order) and program.
 * Two workers that plan the same thing get the same id.
 */
export function commitIdOf(
  hash: HashJson,
  key: LedgerKey,
  generation: string,
  sequence: number,
  unitKeys: readonly string[],
  programHash: string,
): string {
  return hash({ key, generation, sequence, unitKeys: [...unitKeys].sort(), programHash }).slice(0, 32);
}

/** The id of a plan: it follows from everything else in it. */
export function planId(plan: Omit<IngestionPlan, 'id'>, hash: HashJson): string {
  return `plan-${hash(plan).slice(0, 32)}`;
}
