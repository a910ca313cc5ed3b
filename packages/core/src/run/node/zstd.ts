import { constants, createZstdDecompress } from 'node:zlib';
import type { CompressedInput } from '../../source/compressed-input.ts';
import { damagedStream } from '../../source/damaged-stream.ts';
import { READ_AHEAD, runEngine, type ZlibStream } from './member-engine.ts';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** 128 MiB: what `zstd --long` writes by default, and what one reader may be made to hold. */
const WINDOW_LOG_MAXIMUM = 27;
const CHUNK = 1024 * 1024;
/** What somebody reads who looks how a file begins. */
const HEAD_CHUNK = 256 * 1024;

/**
 * The content of all frames of a Zstandard file (RFC 8878), skippable frames left out. Frames are told apart here because the stream
 * of `node:zlib` may end after the first one.
 *
 * @param isHeadWanted Little is decompressed ahead of what is asked for.
 * @throws {CalveError} `MALFORMED_UNIT` (fix-input) with `context.compressedOffset`.
 */
export async function* zstdFrames(input: CompressedInput, isHeadWanted = false): AsyncGenerator<Uint8Array> {
  if ((await input.piece()).length === 0) throw damagedStream('zstd', 0, 'the file is empty.');
  while ((await input.piece()).length > 0) {
    const at = input.offset;
    const head = await input.ensure(8);
    const magic = head.length < 4 ? -1 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
    if (magic === FRAME) {
      const engine = createZstdDecompress({
        ...(isHeadWanted ? { chunkSize: HEAD_CHUNK } : { chunkSize: CHUNK, ...READ_AHEAD }),
        params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAXIMUM },
      }) as ZlibStream;
      yield* runEngine('zstd', engine, input);
    } else if (magic >= SKIPPABLE && magic <= SKIPPABLE + 15) {
      if (head.length < 8) throw damagedStream('zstd', at + head.length, 'the file ends inside a skippable frame.');
      await skip(input, 8 + new DataView(head.buffer, head.byteOffset).getUint32(4, true));
    } else {
      const problem = at === 0 ? 'it does not begin like a zstd file.' : 'something else follows the last frame.';
      throw damagedStream('zstd', at, problem);
    }
  }
}

async function skip(input: CompressedInput, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    const piece = await input.piece();
    if (piece.length === 0) throw damagedStream('zstd', input.offset, 'the file ends inside a skippable frame.');
    const step = Math.min(left, piece.length);
    input.consume(step);
    left -= step;
  }
}
