import type { CallContext } from '../../context/call-context.ts';
import type { ReaderPlan } from '../../format/reader-plan.ts';
import type { ByteReader } from '../../source/byte-reader.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import type { ObjectSession } from '../../source/source.ts';
import { yieldingReader } from '../../source/yielding-reader.ts';
import { isUnitFault } from '../observe-unit.ts';
import type { StoredRejection } from './read-rejected.ts';
import { RewindingReader } from './rewinding-reader.ts';
import type { RecordDecoding } from './separate-records.ts';

/** The file, and what its records are read through. */
interface Opened {
  content: ByteReader;
  /** Of a compressed file, which is read from front to back only. */
  rewinding: RewindingReader | null;
}

/**
 * Records of one file of which only the first 64 KiB were kept, with all of their bytes, from the file that they stood in. The file is opened when the
 * first is needed. Those of a compressed file are found in one pass as long as they are asked for in the order in which they stand in it.
 */
export class WholeRecords {
  readonly #of: ObjectUnit;
  readonly #reader: ReaderPlan;
  readonly #decoding: RecordDecoding;
  readonly #session: () => Promise<ObjectSession>;
  #opened: Opened | null = null;
  /** The file is gone, changed or damaged. */
  #isLost = false;

  /** @param reader How the whole file is read. */
  constructor(of: ObjectUnit, reader: ReaderPlan, decoding: RecordDecoding, session: () => Promise<ObjectSession>) {
    this.#of = of;
    this.#reader = reader;
    this.#decoding = decoding;
    this.#session = session;
  }

  /**
   * @returns null: the file is gone or changed, or the record is not found in it.
   * @throws {CalveError} `CANCELLED`; what is no fault of the file.
   */
  async find(rejection: StoredRejection): Promise<StoredRejection | null> {
    const { byteOffset } = rejection;
    const reader = this.#reader;
    if (this.#isLost || byteOffset === undefined || ('encoding' in reader && reader.encoding !== 'utf-8')) return null;
    const content = await this.#contentFrom(byteOffset);
    const raw = content && (await this.#firstRecord(content));
    // What begins otherwise is another record.
    const isSame = raw !== null && rejection.raw.every((byte, at) => raw[at] === byte);
    return isSame ? { ...rejection, raw, truncated: false } : null;
  }

  /** To be called once, whatever became of the records. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.content.close();
  }

  /** @returns null: from now on, nothing of the file can be read. */
  async #contentFrom(offset: number): Promise<ByteReader | null> {
    try {
      if (this.#opened?.rewinding?.reaches(offset) === false) await this.close();
      this.#opened ??= await openContent(
        await (await this.#session()).open(this.#of, this.#decoding.context),
        this.#reader,
        this.#decoding.context,
      );
      const { content, rewinding } = this.#opened;
      return rewinding ? await rewinding.from(offset) : contentAfter(content, offset);
    } catch (error) {
      if (!isUnitFault(error)) throw error;
      this.#isLost = true;
      return null;
    }
  }

  async #firstRecord(content: ByteReader): Promise<Uint8Array | null> {
    const { decoder, reader, context } = this.#decoding;
    const request = { columns: 'all' as const, maxRows: 1, maxBytes: 1 << 20, limit: 1 };
    try {
      for await (const event of decoder.decode(content, reader, { kind: 'whole' }, request, context)) {
        if (event.kind === 'rejected') return event.records[0]?.truncated === false ? event.records[0].raw : null;
        if (event.kind !== 'batch') continue;
        const { records } = event.batch;
        const raw = records?.source.slice(records.starts[0], records.ends[0]) ?? null;
        event.batch.release();
        return raw;
      }
      return null;
    } catch (error) {
      if (!isUnitFault(error)) throw error;
      return null;
    }
  }
}

async function openContent(stored: ByteReader, reader: ReaderPlan, { environment, signal }: CallContext): Promise<Opened> {
  const kind = 'compression' in reader ? reader.compression : null;
  if (kind === null) return { content: yieldingReader(stored, environment, signal), rewinding: null };
  try {
    const content = yieldingReader(await environment.decompress(kind, stored), environment, signal);
    return { content, rewinding: new RewindingReader(content) };
  } catch (error) {
    await stored.close();
    throw error;
  }
}

function contentAfter(content: ByteReader, start: number): ByteReader {
  return {
    sizeBytes: Math.max(0, content.sizeBytes - start),
    read: (target, offset) => content.read(target, offset + start),
    verify: () => content.verify(),
    close: () => Promise.resolve(),
  };
}
