import type { ByteReader, CallContext } from '@calve/core/plugin';
import { RememberingReader } from '@calve/core/plugin';
import type { TextLayers } from './open-text.ts';

/**
 * The content of a stored file, for someone who reads its beginning several times: it is decompressed once. Whoever goes on behind it says
 * `stopKeeping` first, since what is decompressed is kept until then.
 */
export class StoredContent {
  /** Decompressed. Closing it closes nothing. */
  readonly reader: ByteReader;
  readonly #opened: ByteReader | null;
  readonly #furthest: { bytes: number };

  private constructor(reader: ByteReader, opened: ByteReader | null, furthest: { bytes: number }) {
    this.reader = reader;
    this.#opened = opened;
    this.#furthest = furthest;
  }

  /**
   * @param stored Stays open. Can be read from its beginning.
   * @param isHead No more than its beginning is going to be read.
   * @throws {CalveError} what the environment throws.
   */
  static async open(
    stored: ByteReader,
    compression: TextLayers['compression'],
    isHead: boolean,
    context: CallContext,
  ): Promise<StoredContent> {
    const furthest = { bytes: 0 };
    const counted = countingReader(stored, furthest);
    if (compression === null) return new StoredContent(counted, null, furthest);
    const opened = await context.environment.decompress(compression, counted, isHead ? 'head' : undefined);
    return new StoredContent(new RememberingReader(opened), opened, furthest);
  }

  /** How far the stored bytes were read. */
  get storedBytes(): number {
    return this.#furthest.bytes;
  }

  /** Whoever reads from the beginning again counts what he reads himself; what is decompressed is not read again. */
  countAgain(): void {
    if (this.#opened === null) this.#furthest.bytes = 0;
  }

  /** What is read from now on can be read once, if it is decompressed. */
  stopKeeping(): void {
    if (this.reader instanceof RememberingReader) this.reader.stopKeeping();
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }
}

function countingReader(reader: ByteReader, furthest: { bytes: number }): ByteReader {
  const note = (end: number): void => {
    if (end > furthest.bytes) furthest.bytes = end;
  };
  return {
    sizeBytes: reader.sizeBytes,
    read(target, offset) {
      const answer = reader.read(target, offset);
      if (typeof answer === 'number') {
        note(offset + answer);
        return answer;
      }
      return answer.then((bytes) => {
        note(offset + bytes);
        return bytes;
      });
    },
    verify: () => reader.verify(),
    close: async () => {},
  };
}
