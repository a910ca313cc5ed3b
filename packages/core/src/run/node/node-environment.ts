import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { abortableSleep } from '../../env/abortable-sleep.ts';
import type { Environment, Hash } from '../../env/environment.ts';
import { decompressingReader } from '../../source/decompressing-reader.ts';
import { gzipMembers } from './gzip.ts';
import { nodeDecodeProcesses } from './isolation/node-decode-processes.ts';
import { identityOfThisProcess, stateOfProcess } from './node-process.ts';
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
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    step: () => Promise.resolve(),
    sha256: nodeSha256,
    decompress: (kind, reader) => Promise.resolve(decompressingReader(kind === 'gzip' ? gzipMembers : zstdFrames, reader)),
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

function nodeSha256(): Hash {
  const hash = createHash('sha256');
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => new Uint8Array(hash.digest()),
  };
}
