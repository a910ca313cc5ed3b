import { createHash, hash as hashAtOnce } from 'node:crypto';
import type { Hash } from '../../env/environment.ts';

/** Content of so many bytes is gathered and hashed in one call. */
const GATHERED_BYTES = 64 * 1024;

/** What the last hash gathered in, for the next one. */
let spare: Uint8Array | null = null;

/**
 * SHA-256 of Node. Small content takes no object of `node:crypto`: making one costs as much as hashing some kilobytes, and it outlives the
 * collections of young objects, so that those of thousands of files would stay until all memory is looked through.
 */
export function nodeSha256(): Hash {
  let hash: ReturnType<typeof createHash> | null = null;
  let gathered: Uint8Array | null = null;
  let length = 0;
  const takeGathered = (): Uint8Array => {
    const bytes = gathered ?? new Uint8Array(0);
    if (gathered !== null) spare = gathered;
    gathered = null;
    return bytes.subarray(0, length);
  };
  return {
    update(bytes) {
      if (hash === null && length + bytes.length <= GATHERED_BYTES) {
        gathered ??= spare ?? new Uint8Array(GATHERED_BYTES);
        spare = null;
        gathered.set(bytes, length);
        length += bytes.length;
        return;
      }
      hash ??= createHash('sha256').update(takeGathered());
      hash.update(bytes);
    },
    digest: () => new Uint8Array(hash === null ? hashAtOnce('sha256', takeGathered(), 'buffer') : hash.digest()),
  };
}
