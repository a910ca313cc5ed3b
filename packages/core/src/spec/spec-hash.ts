import type { Hash } from '../env/environment.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { IngestionSpec } from './ingestion-spec.ts';

/**
 * SHA-256 of what a spec says, 64 hexadecimal digits. The order of members does not matter, so a spec that was stored and loaded
 * again has the same hash.
 *
 * @param sha256 Begins a new hash: `() => environment.sha256()`.
 */
export function specHash(spec: IngestionSpec, sha256: () => Hash): string {
  const hash = sha256();
  hash.update(new TextEncoder().encode(canonicalJson(spec)));
  return hexadecimal(hash.digest());
}
