import type { Environment } from '../env/environment.ts';
import type { ByteReader } from './byte-reader.ts';

/** Between two pauses; some milliseconds of decoding. */
const BYTES_BETWEEN_PAUSES = 1 << 20;

/**
 * A reader that lets the host go on after each mebibyte: local reads are synchronous, and decoding a large file on them would hold up
 * every timer and request of the process. Also where an abort of the signal is noticed.
 *
 * @throws {CalveError} `CANCELLED` from `read`.
 */
export function yieldingReader(inner: ByteReader, environment: Pick<Environment, 'sleep'>, signal: AbortSignal): ByteReader {
  let sincePause = 0;
  const pause = async (count: number): Promise<number> => {
    await environment.sleep(0, signal);
    return count;
  };
  const account = (count: number): number | Promise<number> => {
    sincePause += count;
    if (sincePause < BYTES_BETWEEN_PAUSES) return count;
    sincePause = 0;
    return pause(count);
  };
  return {
    sizeBytes: inner.sizeBytes,
    ...(inner.localPath === undefined ? {} : { localPath: inner.localPath }),
    read(target, offset) {
      const count = inner.read(target, offset);
      return typeof count === 'number' ? account(count) : count.then(account);
    },
    verify: () => inner.verify(),
    close: () => inner.close(),
  };
}
