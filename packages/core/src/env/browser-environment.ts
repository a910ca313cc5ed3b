import { sha256 } from '@noble/hashes/sha2.js';
import { CalveError } from '../errors/calve-error.ts';
import { decompressingReader } from '../source/decompressing-reader.ts';
import { abortableSleep } from './abortable-sleep.ts';
import type { Environment } from './environment.ts';
import { gzipMember } from './gzip-member.ts';

/** The most that `crypto.getRandomValues` gives at once: https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues */
const RANDOM_BYTES = 65_536;

/**
 * The services of a browser, a worker or any other host with the Web's own: system clock, `crypto.getRandomValues`, `DecompressionStream`,
 * and a SHA-256 in JavaScript, since the Web's takes only the whole content at once. Holds no state.
 *
 * Narrower than Node's: a gzip file has one member, and there is no zstd. Both are refused with an error that says so.
 */
export function browserEnvironment(): Environment {
  return {
    now: () => Date.now(),
    sleep: abortableSleep,
    random: randomBytes,
    step: () => Promise.resolve(),
    sha256: () => sha256.create(),
    decompress: async (kind, reader) => {
      if (kind === 'gzip') return decompressingReader(gzipMember, reader);
      throw new CalveError(
        'MALFORMED_UNIT',
        'The content is compressed with zstd, which a browser cannot read. Compress it with gzip, or load it on Node.',
        { recovery: 'fix-input', context: { compression: kind } },
      );
    },
  };
}

/** The environment that Calve uses in a browser when the host gives none. */
export function defaultEnvironment(): Environment {
  return browserEnvironment();
}

function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let start = 0; start < count; start += RANDOM_BYTES) crypto.getRandomValues(bytes.subarray(start, start + RANDOM_BYTES));
  return bytes;
}
