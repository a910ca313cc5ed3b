import { constants, inflateRawSync } from 'node:zlib';

/** As much as is made in one go, without giving way to others meanwhile: some milliseconds of work. */
const MOST_BYTES = 4 * 1024 * 1024;
const LEAST_CHUNK = 1024;
/** What somebody reads who looks how a file begins. */
const HEAD_BYTES = 256 * 1024;
/** Text becomes a third or less; what becomes more gives less than a head. */
const STORED_HEAD_BYTES = 96 * 1024;

/** The content of one member, to be dropped by whoever has read it, and how many stored bytes it takes without header and trailer. */
export interface InflatedMember {
  content: Uint8Array<ArrayBuffer>;
  storedBytes: number;
}

/** `inflateRawSync` with `info`, which the types of Node leave out: https://nodejs.org/api/zlib.html#class-options */
type InflateWithInfo = (
  stored: Uint8Array,
  options: { info: true; chunkSize: number; maxOutputLength: number },
) => { buffer: Uint8Array<ArrayBuffer>; engine: { bytesWritten: number } };

/**
 * Inflates the member at the beginning of the last bytes of a gzip file at once. A stream costs a thread's attention and a megabyte of buffer, which
 * is more than the work itself where files are small.
 *
 * @param stored All that is left of the file, behind the header of the member.
 * @returns `null` when it is large, damaged or cut off: a stream says where.
 */
export function inflateMember(stored: Uint8Array): InflatedMember | null {
  if (stored.length < 8) return null;
  // The last member says how long it is, and most often it is the only one (RFC 1952, 2.3.1, ISIZE).
  const size = new DataView(stored.buffer, stored.byteOffset + stored.length - 4, 4).getUint32(0, true);
  if (size > MOST_BYTES) return null;
  try {
    const { buffer, engine } = (inflateRawSync as unknown as InflateWithInfo)(stored, {
      info: true,
      // One byte more than it takes: zlib asks for as much again as soon as its output is full.
      chunkSize: Math.max(LEAST_CHUNK, size + 1),
      maxOutputLength: MOST_BYTES,
    });
    return { content: buffer, storedBytes: engine.bytesWritten };
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/**
 * The beginning of a member: about as much as is read of a file to see what is in it. That it is whole and undamaged is not known then.
 *
 * @param stored Behind the header of the member; as much as is at hand.
 * @param isAll It goes to the end of the file.
 * @returns `null` when most of the member would be needed, or when it is damaged: whoever reads all of it says where.
 */
export function inflateHead(stored: Uint8Array, isAll: boolean): Uint8Array<ArrayBuffer> | null {
  if (stored.length < 8) return null;
  const end = new DataView(stored.buffer, stored.byteOffset + stored.length - 4, 4);
  const size = end.getUint32(0, true);
  // A tenth more, since text is not everywhere alike.
  const storedBytes = isAll ? Math.ceil((HEAD_BYTES * 1.1 * stored.length) / size) : STORED_HEAD_BYTES;
  if (!(storedBytes < stored.length / 2)) return null;
  try {
    const head = stored.subarray(0, storedBytes);
    return inflateRawSync(head, {
      // Ends where the bytes end, and not with an error that something is missing.
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: 2 * HEAD_BYTES,
      maxOutputLength: MOST_BYTES,
    });
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** True for what zlib says of bytes that it cannot inflate, or not within the limit. */
function isRefusal(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' || code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR' || code === 'Z_NEED_DICT';
}
