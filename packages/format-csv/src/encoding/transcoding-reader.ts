import type { ByteReader } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { EncodedPlaces } from './encoded-places.ts';
import type { Transcoder } from './transcoder.ts';
import { createTranscoder } from './transcoder.ts';

const PIECE_BYTES = 64 * 1024;
/** The first piece: whoever wants a few records is not made to read much more. Each further one is twice as long. */
const FIRST_PIECE_BYTES = 4 * 1024;

/** The way from one encoding to UTF-8, for one content. */
export interface Transcoding {
  places: EncodedPlaces;
  /** Called once. */
  over(content: ByteReader): ByteReader;
}

/** @throws {CalveError} `CSV_ENCODING_UNSUPPORTED` (fix-input): nobody here knows this encoding. */
export function transcodingOf(encoding: string): Transcoding {
  const transcoder = createTranscoder(encoding);
  return { places: transcoder.places, over: (content) => transcodingReader(content, transcoder) };
}

/**
 * Content as UTF-8: what comes behind it works on bytes of one encoding, whatever the file has. Forward only, of unknown size. Memory is
 * that of a piece of 64 KiB in both encodings. Closing it closes nothing.
 */
function transcodingReader(content: ByteReader, transcoder: Transcoder): ByteReader {
  let piece = new Uint8Array(FIRST_PIECE_BYTES);
  let ready: Uint8Array = new Uint8Array(0);
  let contentOffset = 0;
  let position = 0;
  let isEnded = false;

  const fill = async (): Promise<void> => {
    let got = 0;
    // Whole pieces, so that what comes out does not depend on how much a read gives.
    while (got < piece.length) {
      const answer = content.read(piece.subarray(got), contentOffset + got);
      const count = typeof answer === 'number' ? answer : await answer;
      if (count === 0) {
        isEnded = true;
        break;
      }
      got += count;
    }
    contentOffset += got;
    ready = transcoder.push(piece.subarray(0, got), isEnded);
    if (piece.length < PIECE_BYTES) piece = new Uint8Array(piece.length * 2);
  };

  return {
    sizeBytes: -1,
    async read(target, offset) {
      if (offset !== position) {
        throw new CalveError(
          'INTERNAL',
          `Text is read forward only: ${offset} was asked for, but the last read ended at ${position}.`,
        );
      }
      let filled = 0;
      while (filled < target.length) {
        if (ready.length === 0) {
          if (isEnded) break;
          await fill();
          continue;
        }
        const count = Math.min(target.length - filled, ready.length);
        target.set(ready.subarray(0, count), filled);
        ready = ready.subarray(count);
        filled += count;
      }
      position += filled;
      return filled;
    },
    verify: () => content.verify(),
    close: async () => {},
  };
}
