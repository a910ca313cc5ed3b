import { CalveError } from '../errors/calve-error.ts';
import type { CompressedInput } from '../source/compressed-input.ts';
import { damagedStream } from '../source/damaged-stream.ts';

/** Stored bytes that are handed over at a time: a browser decompresses all of them at once, up to a thousand times as many. */
const PIECE_BYTES = 16 * 1024;

/**
 * The content of a gzip file of one member (RFC 1952), checked against its CRC-32 and length by the platform's `DecompressionStream`.
 *
 * Further members are refused and never dropped: the Compression standard takes anything behind the first one as an error, and does not tell
 * where the first one ends. A runtime that joins members (Node) gives all of them.
 *
 * @throws {CalveError} `MALFORMED_UNIT` (fix-input): empty, damaged, cut off, or more than one member. What the input throws passes through.
 * @see https://compression.spec.whatwg.org/#supported-formats
 */
export async function* gzipMember(input: CompressedInput): AsyncGenerator<Uint8Array> {
  if ((await input.piece()).length === 0) throw damagedStream('gzip', 0, 'the file is empty.');
  const content = storedBytes(input).pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await content.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    // What the input threw (the file changed, say) is the cause; the streams only pass it on.
    if (CalveError.is(error)) throw error;
    const detail =
      'it is damaged or cut off, or has several members, of which browsers read only the first. ' +
      'If "gzip -t" accepts the file, compress its content anew in one piece, or load it on Node.';
    throw damagedStream('gzip', input.offset, detail, error);
  } finally {
    // Gives up what is under way when the caller stops early; after a failure there is nothing left to give up.
    await content.cancel().catch(() => {});
  }
}

function storedBytes(input: CompressedInput): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = (await input.piece()).slice(0, PIECE_BYTES);
        if (piece.length === 0) controller.close();
        else controller.enqueue(piece);
        input.consume(piece.length);
      },
    },
    { highWaterMark: 0 },
  );
}
