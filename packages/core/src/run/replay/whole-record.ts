import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { ReaderPlan } from '../../format/reader-plan.ts';
import type { ByteReader } from '../../source/byte-reader.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import type { ObjectSession } from '../../source/source.ts';
import { isUnitFault } from '../observe-unit.ts';
import type { StoredRejection } from './read-rejected.ts';
import type { RecordDecoding } from './separate-records.ts';

/** Discarded at a time on the way to a record inside of a compressed file. */
const SKIPPED = 1 << 20;

/**
 * A record of which only the first 64 KiB were kept, with all of its bytes, from the file that it stood in.
 *
 * @param reader How the whole file is read.
 * @returns null: the file is gone or changed, or the record is not found in it.
 */
export async function wholeRecord(
  rejection: StoredRejection,
  of: ObjectUnit,
  reader: ReaderPlan,
  decoding: RecordDecoding,
  source: ObjectSession,
): Promise<StoredRejection | null> {
  const { byteOffset } = rejection;
  if (byteOffset === undefined || ('encoding' in reader && reader.encoding !== 'utf-8')) return null;
  const { context } = decoding;
  try {
    const stored = await source.open(of, context);
    try {
      const content = await contentOf(stored, reader, context);
      const raw = await firstRecord(await startingAt(content, byteOffset), decoding);
      // What begins otherwise is another record.
      const isSame = raw !== null && rejection.raw.every((byte, at) => raw[at] === byte);
      return isSame ? { ...rejection, raw, truncated: false } : null;
    } finally {
      await stored.close();
    }
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return null;
  }
}

async function contentOf(stored: ByteReader, reader: ReaderPlan, { environment }: CallContext): Promise<ByteReader> {
  const kind = 'compression' in reader ? reader.compression : null;
  return kind === null ? stored : environment.decompress(kind, { ...stored, close: () => Promise.resolve() });
}

async function firstRecord(content: ByteReader, { decoder, reader, context }: RecordDecoding): Promise<Uint8Array | null> {
  const request = { columns: 'all' as const, maxRows: 1, maxBytes: 1 << 20, limit: 1 };
  for await (const event of decoder.decode(content, reader, { kind: 'whole' }, request, context)) {
    if (event.kind === 'rejected') return event.records[0]?.truncated === false ? event.records[0].raw : null;
    if (event.kind !== 'batch') continue;
    const { records } = event.batch;
    const raw = records?.source.slice(records.starts[0], records.ends[0]) ?? null;
    event.batch.release();
    return raw;
  }
  return null;
}

/** The content from an offset on. */
async function startingAt(content: ByteReader, start: number): Promise<ByteReader> {
  if (content.sizeBytes < 0) await skip(content, start);
  return {
    sizeBytes: content.sizeBytes < 0 ? -1 : Math.max(0, content.sizeBytes - start),
    read: (target, offset) => content.read(target, offset + start),
    verify: () => content.verify(),
    close: () => Promise.resolve(),
  };
}

async function skip(content: ByteReader, bytes: number): Promise<void> {
  const target = new Uint8Array(Math.min(bytes, SKIPPED));
  for (let at = 0; at < bytes; ) {
    const count = await content.read(target.subarray(0, Math.min(target.length, bytes - at)), at);
    if (count === 0) throw new CalveError('OBJECT_CHANGED', 'The file ends before the record.', { recovery: 'replan' });
    at += count;
  }
}
