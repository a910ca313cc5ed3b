import { type ByteReader, CalveError, type ObjectUnit } from '@calve/core/plugin';
import type { HttpClient } from './http-client.ts';
import { assertBelow } from './http-place.ts';

/** So many bytes are rather passed over than asked for anew. */
const NEAR_BYTES = 1024 * 1024;

/**
 * Opens exactly the version that was listed. The version is asked for before the first and after the last byte.
 *
 * @throws {CalveError} `OBJECT_CHANGED` or `OBJECT_NOT_FOUND` (replan); `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`, `CANCELLED`;
 *   `OPTIONS_INVALID`: the unit is not below the root of this source.
 */
export async function openHttpObject(client: HttpClient, unit: ObjectUnit, signal: AbortSignal): Promise<ByteReader> {
  assertBelow(unit.place, client.root);
  const reader = readHttpObject(client, unit, signal);
  await reader.verify();
  return reader;
}

/**
 * A reader that asks for nothing yet. It holds one answer of the server and reads on in it as long as reads go forward; a read elsewhere asks
 * anew. A server without ranges then sends the file from its beginning, and what lies before the offset is passed over.
 */
export function readHttpObject(client: HttpClient, unit: ObjectUnit, signal: AbortSignal): ByteReader {
  const { place, uri, sizeBytes } = unit;
  let chunks: AsyncIterator<Uint8Array> | null = null;
  let chunk: Uint8Array = new Uint8Array();
  /** Of the first byte of `chunk` in the object. */
  let position = 0;
  let hasRanges = false;

  const changed = (what: string): CalveError =>
    new CalveError('OBJECT_CHANGED', `${uri} ${what}; plan again.`, {
      recovery: 'replan',
      context: { uri, version: unit.version },
    });

  const drop = async (): Promise<void> => {
    const dropped = chunks;
    chunks = null;
    chunk = new Uint8Array();
    // An answer that has failed or was aborted has nothing to give back, and says so.
    await Promise.allSettled([dropped?.return?.()]);
  };

  /** Copies what the answer has at `offset`, at least one byte. */
  const readSome = async (target: Uint8Array, offset: number): Promise<number> => {
    if (chunks === null || offset < position) {
      await drop();
      const answer = await client.get(place, offset, unit, signal);
      [chunks, position, hasRanges] = [answer.chunks, answer.start, answer.hasRanges];
    }
    while (offset >= position + chunk.length) {
      position += chunk.length;
      const next = await chunks.next();
      if (next.done) throw changed('is shorter than it was listed');
      chunk = next.value;
    }
    const bytes = chunk.subarray(offset - position, offset - position + target.length);
    target.set(bytes);
    return bytes.length;
  };

  return {
    sizeBytes,
    async read(target, offset) {
      const wanted = Math.max(0, Math.min(target.length, sizeBytes - offset));
      // Far ahead a new request is cheaper than what lies between; without ranges it would be the whole file again.
      if (hasRanges && offset - position - chunk.length > NEAR_BYTES) await drop();
      for (let filled = 0; filled < wanted; ) {
        filled += await client.retried(uri, 'open', signal, () =>
          readSome(target.subarray(filled, wanted), offset + filled).catch(async (error: unknown) => {
            await drop();
            throw error;
          }),
        );
      }
      return wanted;
    },
    async verify() {
      const { version } = await client.describe(place, signal);
      if (version !== unit.version) throw changed('is not the version that was listed');
    },
    close: drop,
  };
}
