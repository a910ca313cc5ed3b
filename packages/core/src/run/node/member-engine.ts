import type { Transform } from 'node:stream';
import { CalveError } from '../../errors/calve-error.ts';
import type { CompressedInput } from '../../source/compressed-input.ts';
import { damagedStream } from '../../source/damaged-stream.ts';

/** A stream of `node:zlib`; `bytesWritten` counts the input that it has used. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/**
 * Decompressed bytes that an engine may have ready, so that the thread pool works while a decoder does. The types of Node leave out that
 * `node:zlib` hands stream options on: https://nodejs.org/api/zlib.html#class-zlibzlibbase
 */
export const READ_AHEAD: object = { readableHighWaterMark: 2 * 1024 * 1024 };

/**
 * Feeds one member of a compressed file through an engine and gives its content piece by piece; afterwards `input` stands behind the member.
 * The engine works ahead by its buffer only, so whoever stops asking stops the reading too.
 *
 * @param engine Fresh; ends by itself where the member ends, and is destroyed here.
 * @throws {CalveError} `MALFORMED_UNIT`: damaged or cut off; whatever `input` throws.
 */
export async function* runEngine(what: string, engine: ZlibStream, input: CompressedInput): AsyncGenerator<Uint8Array> {
  const start = input.offset;
  const feeder = new Feeder(engine, input);
  // Who stops early leaves a thread behind that may still read.
  input.lend();
  const feeding = feeder.run();
  try {
    yield* engine as AsyncIterable<Uint8Array>;
    input.regain();
  } catch (error) {
    // What the input threw (the file changed, say) is the cause; the engine only passes it on.
    if (CalveError.is(error)) throw error;
    if (feeder.isAtEnd) throw damagedStream(what, input.offset, 'the file ends in the middle of it.', error);
    const detail = error instanceof Error ? error.message : String(error);
    throw damagedStream(what, start + engine.bytesWritten, `${detail} (in or shortly after this byte).`, error);
  } finally {
    engine.destroy();
    await feeding;
  }
}

/** Writes pieces until the engine has had enough. Never rejects: a failure destroys the engine, whose reader then sees it. */
class Feeder {
  readonly #engine: ZlibStream;
  readonly #input: CompressedInput;
  isAtEnd = false;

  constructor(engine: ZlibStream, input: CompressedInput) {
    this.#engine = engine;
    this.#input = input;
  }

  async run(): Promise<void> {
    const engine = this.#engine;
    const start = this.#input.offset;
    // The engine may never answer for the piece in which its member ends, so its end counts as an answer.
    const finished = new Promise<'finished'>((resolve) => {
      engine.once('end', () => resolve('finished'));
      engine.once('close', () => resolve('finished'));
      engine.once('error', () => resolve('finished'));
    });
    try {
      for (;;) {
        const piece = await this.#input.piece();
        if (engine.destroyed || engine.readableEnded) return;
        if (piece.length === 0) {
          this.isAtEnd = true;
          engine.end();
          return;
        }
        const written = new Promise<'written'>((resolve) => engine.write(piece, () => resolve('written')));
        await Promise.race([written, finished]);
        const used = start + engine.bytesWritten - this.#input.offset;
        this.#input.consume(used);
        if (used < piece.length) return;
      }
    } catch (error) {
      engine.destroy(error as Error);
    }
  }
}
