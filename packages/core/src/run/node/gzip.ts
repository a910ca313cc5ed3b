import { crc32, createInflateRaw } from 'node:zlib';
import type { CompressedInput } from '../../source/compressed-input.ts';
import { damagedStream } from '../../source/damaged-stream.ts';
import { dropOutput } from './drop-output.ts';
import { inflateHead, inflateMember } from './inflate-member.ts';
import { READ_AHEAD, runEngine, type ZlibStream } from './member-engine.ts';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const LARGE_CHUNK = 1024 * 1024;
const SMALL_CHUNK = 64 * 1024;

/**
 * The content of all members of a gzip file (RFC 1952), each checked against its CRC-32 and length. Zero bytes behind the last member
 * are padding, as gzip(1) takes them; anything else there is damage.
 *
 * Members are told apart here and not by `createGunzip`, which drops everything behind a zero byte without a word and knows no offsets.
 *
 * @param isHeadWanted The beginning of the first member is inflated alone, and again with the rest when more is asked for.
 * @throws {CalveError} `MALFORMED_UNIT` (fix-input) with `context.compressedOffset`.
 */
export async function* gzipMembers(input: CompressedInput, isHeadWanted = false): AsyncGenerator<Uint8Array> {
  if ((await input.piece()).length === 0) throw damagedStream('gzip', 0, 'the file is empty.');
  let chunkSize = LARGE_CHUNK;
  while ((await input.piece()).length > 0) {
    const start = input.offset;
    if ((await input.ensure(1))[0] === 0) return await expectPadding(input);
    await skipHeader(input);
    let checksum = 0;
    let length = 0;
    const stored = await input.piece();
    let known = 0;
    const head = isHeadWanted && start === 0 ? inflateHead(stored, input.holdsTheRest) : null;
    if (head) {
      known = head.length;
      try {
        yield head;
      } finally {
        dropOutput(head);
      }
    }
    const inflated = input.holdsTheRest ? inflateMember(stored) : null;
    if (inflated) {
      const { content, storedBytes } = inflated;
      input.consume(storedBytes);
      checksum = crc32(content);
      length = content.length;
      try {
        if (length > known) yield content.subarray(known);
      } finally {
        dropOutput(content);
      }
    } else {
      const engine = createInflateRaw({ chunkSize, ...READ_AHEAD }) as ZlibStream;
      for await (const chunk of runEngine('gzip', engine, input)) {
        checksum = crc32(chunk, checksum);
        const again = Math.max(0, Math.min(known - length, chunk.length));
        length += chunk.length;
        if (again < chunk.length) yield chunk.subarray(again);
      }
    }
    await checkTrailer(input, start, checksum, length);
    // Files of many small members (bgzip) would otherwise allocate a megabyte for each.
    chunkSize = length > SMALL_CHUNK ? LARGE_CHUNK : SMALL_CHUNK;
  }
}

async function skipHeader(input: CompressedInput): Promise<void> {
  const start = input.offset;
  const head = await take(input, 10);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    throw damagedStream(
      'gzip',
      start,
      start === 0 ? 'it does not begin like a gzip file.' : 'something else follows the last member.',
    );
  }
  if (head[2] !== 8) throw damagedStream('gzip', start + 2, `compression method ${head[2]} is not known.`);
  const flags = head[3]!;
  if (flags & 0xe0) throw damagedStream('gzip', start + 3, 'reserved flags are set.');
  if (flags & FLAG_EXTRA) {
    const size = await take(input, 2);
    await take(input, size[0]! | (size[1]! << 8));
  }
  if (flags & FLAG_NAME) await skipText(input);
  if (flags & FLAG_COMMENT) await skipText(input);
  if (flags & FLAG_HEADER_CRC) await take(input, 2);
}

async function skipText(input: CompressedInput): Promise<void> {
  for (;;) {
    const piece = await input.piece();
    if (piece.length === 0) throw damagedStream('gzip', input.offset, 'the file ends inside a header.');
    const end = piece.indexOf(0);
    input.consume(end < 0 ? piece.length : end + 1);
    if (end >= 0) return;
  }
}

async function checkTrailer(input: CompressedInput, start: number, checksum: number, length: number): Promise<void> {
  const at = input.offset;
  const trailer = await take(input, 8);
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
  if (view.getUint32(0, true) !== checksum) {
    throw damagedStream(
      'gzip',
      at,
      `the content of the member that begins at byte ${start} does not have the checksum stored there.`,
    );
  }
  if (view.getUint32(4, true) !== length % 2 ** 32) {
    throw damagedStream('gzip', at + 4, `the member that begins at byte ${start} does not have the length stored there.`);
  }
}

async function expectPadding(input: CompressedInput): Promise<void> {
  for (;;) {
    const piece = await input.piece();
    if (piece.length === 0) return;
    const other = piece.findIndex((byte) => byte !== 0);
    if (other >= 0) throw damagedStream('gzip', input.offset + other, 'something follows the padding behind the last member.');
    input.consume(piece.length);
  }
}

/** Consumes exactly `count` bytes, which stay readable until the next call. */
async function take(input: CompressedInput, count: number): Promise<Uint8Array> {
  const bytes = (await input.ensure(count)).subarray(0, count);
  if (bytes.length < count) {
    throw damagedStream('gzip', input.offset + bytes.length, 'the file ends inside the header or trailer of a member.');
  }
  input.consume(count);
  return bytes;
}
