import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { abortableSleep } from '../../env/abortable-sleep.ts';
import type { Environment } from '../../env/environment.ts';
import { decompressingReader } from '../../source/decompressing-reader.ts';
import { gzipMembers } from './gzip.ts';
import { nodeDecodeProcesses } from './isolation/node-decode-processes.ts';
import { identityOfThisProcess, stateOfProcess } from './node-process.ts';
import { nodeSha256 } from './node-sha256.ts';
import { startNodeThread } from './workers/node-thread.ts';
import { zstdFrames } from './zstd.ts';

/**
 * The platform services of Node: system clock, `node:crypto` and `node:zlib`. Holds no state, so any number may exist; a test replaces single
 * members: `{ ...nodeEnvironment(), now: () => 0 }`.
 */
export function nodeEnvironment(): Environment {
  return {
    now: () => Date.now(),
    sleep: abortableSleep,
    random,
    step: () => Promise.resolve(),
    sha256: nodeSha256,
    decompress: async (kind, reader, wanted) => {
      const content = kind === 'zstd' ? zstdFrames : gzipMembers;
      return decompressingReader((input) => content(input, wanted === 'head'), reader);
    },
    startThread: startNodeThread,
    parallelism: availableParallelism,
    decodeProcesses: nodeDecodeProcesses,
    processIdentity: identityOfThisProcess,
    processState: stateOfProcess,
  };
}

/** The environment that Calve uses on Node when the host gives none. */
export function defaultEnvironment(): Environment {
  return nodeEnvironment();
}

/** Ids are drawn by the dozen, and a call costs more than its bytes. */
const DRAWN_AT_ONCE = 4096;
let drawn = new Uint8Array();

/** No byte is given twice. */
function random(bytes: number): Uint8Array {
  if (bytes > DRAWN_AT_ONCE / 16) return new Uint8Array(randomBytes(bytes));
  if (bytes > drawn.length) drawn = new Uint8Array(randomBytes(DRAWN_AT_ONCE));
  const given = drawn.slice(0, bytes);
  drawn = drawn.subarray(bytes);
  return given;
}
