import type { InputLimits } from '../context/input-limits.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import type { DecodeProcesses } from './decode-processes.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { WorkerThread } from './worker-thread.ts';

/** An incremental SHA-256; WebCrypto has only a one-shot one. `digest` ends it and gives 32 bytes. */
export interface Hash {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/**
 * The only door to clock, randomness and platform services. Whatever needs one of them takes an `Environment`, so that the
 * simulator and the kill harness can stand in for it.
 */
export interface Environment {
  /** Milliseconds since 1970-01-01 UTC. May go back. */
  now(): number;
  /** Resolves after the time, or rejects with `CANCELLED` as soon as the signal is aborted. Zero: lets what else is waiting go first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Unpredictable bytes. */
  random(bytes: number): Uint8Array;
  /**
   * Names a crash point. Called before each step that changes something outside the process; resolves at once in production. The
   * simulator and the kill harness stop the process there. Labels are constants of the form `package.operation.step`.
   */
  step(label: string): Promise<void>;
  sha256(): Hash;
  /**
   * A reader of the decompressed content. It reads forward only: each `read` continues where the last one ended, and `sizeBytes`
   * is -1. All members of a gzip file are read; closing it closes `reader`.
   *
   * @param wanted `head`: hardly more than the first 256 KiB of the content will be asked for, and more may cost more. Default: all of it.
   * @throws {CalveError} `MALFORMED_UNIT` from `read` when the stream is damaged or ends early.
   */
  decompress(kind: 'gzip' | 'zstd', reader: ByteReader, wanted?: 'head'): Promise<ByteReader>;
  /** Starts a thread that serves segments of a batch. Null: it cannot be started here, as in a bundle. Absent: the platform has none. */
  startThread?(): WorkerThread | null;
  /** How many threads can work at the same time: cores. Absent: nobody knows. */
  parallelism?(): number;
  /** Starts no process before the first is needed. Absent: the platform has none. */
  decodeProcesses?(limits: Readonly<InputLimits>): DecodeProcesses;
  /** Which process this is. Absent: the platform has none. */
  processIdentity?(): ProcessIdentity;
  /** `dead` only where that is certain: it was on this very machine, and is there no more. Absent: nothing is ever known. */
  processState?(process: ProcessIdentity): 'alive' | 'dead' | 'unknown';
}
