import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { callStorage } from './call-storage.ts';
import type { ObjectStorage } from './object-storage.ts';

/** So many bytes are rather passed over than asked for anew. */
const NEAR_BYTES = 1024 * 1024;

/** What a reader has to know of an object. Nothing behind `sizeBytes` is read. */
export type ReadableObject = Pick<ObjectUnit, 'place' | 'uri' | 'version' | 'sizeBytes'>;

/**
 * Reads one version of an object. It holds one answer of the storage and reads on in it while reads go forward; a read elsewhere asks anew,
 * and so does one whose connection was lost: it goes on behind the last byte that came. Every answer has to be of this version. Nothing is
 * asked for before the first read.
 */
export function storageReader(
  storage: ObjectStorage,
  object: ReadableObject,
  context: Pick<CallContext, 'environment' | 'signal'>,
): ByteReader {
  const { place, uri, version, sizeBytes } = object;
  let chunks: AsyncIterator<Uint8Array> | null = null;
  let chunk: Uint8Array = new Uint8Array();
  /** Of the first byte of `chunk` in the object. */
  let position = 0;
  let hasRanges = true;

  const drop = async (): Promise<void> => {
    const dropped = chunks;
    chunks = null;
    chunk = new Uint8Array();
    // An answer that failed or was aborted has nothing left to give back, and says so once more.
    await Promise.allSettled([dropped?.return?.()]);
  };

  const ask = async (offset: number): Promise<AsyncIterator<Uint8Array>> => {
    await drop();
    const answer = await storage.read({ place, version, start: offset, end: sizeBytes }, context.signal);
    const iterator = answer.chunks[Symbol.asyncIterator]();
    chunks = iterator;
    position = answer.start;
    if (offset > 0) hasRanges = answer.start > 0;
    if (answer.version !== version) throw objectChanged(object, 'is not the version that was listed');
    if (answer.start > offset) throw objectChanged(object, 'has not the size that was listed');
    return iterator;
  };

  /** Copies what the answer has at `offset`, at least one byte. */
  const readSome = async (target: Uint8Array, offset: number): Promise<number> => {
    const iterator = chunks !== null && offset >= position ? chunks : await ask(offset);
    while (offset >= position + chunk.length) {
      position += chunk.length;
      const next = await iterator.next();
      if (next.done) throw objectChanged(object, 'is shorter than it was listed');
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
      // Without ranges, a new answer would begin with the whole content again.
      if (wanted > 0 && hasRanges && offset - position - chunk.length > NEAR_BYTES) await drop();
      for (let filled = 0; filled < wanted; ) {
        filled += await callStorage(uri, context, async () => {
          try {
            return await readSome(target.subarray(filled, wanted), offset + filled);
          } catch (error) {
            await drop();
            throw error;
          }
        });
      }
      return wanted;
    },
    async verify() {
      const current = await callStorage(uri, context, () => storage.describe(place, context.signal));
      if (current.version !== version) throw objectChanged(object, 'is not the version that was listed');
    },
    close: drop,
  };
}

function objectChanged({ uri, version }: ReadableObject, what: string): CalveError {
  return new CalveError('OBJECT_CHANGED', `${uri} ${what}; plan again.`, { recovery: 'replan', context: { uri, version } });
}
