import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { DelimitedReader } from '@calve/core/plugin';
import type { DecodeOutcome } from './decode-outcome.ts';

/**
 * What a decoder reads of a file, made without it: decompressed by Node, in UTF-8 by Node, without its footer. In a file of another encoding
 * the places of an outcome are those of the file; here they are places of the text.
 *
 * @returns `null` where Node does not decompress it.
 */
export function textOf(bytes: Uint8Array, outcome: DecodeOutcome): { text: Buffer; outcome: DecodeOutcome } | null {
  const plan = outcome.plan as DelimitedReader | null;
  const content = contentOf(bytes, plan);
  if (content === null || plan === null) return content === null ? null : { text: content, outcome };
  const decode = decoderOf(plan.encoding);
  const text = withoutFooter(Buffer.from(decode === null ? content : Buffer.from(decode(content))), plan.skipFooterLines);
  if (decode === null) return { text, outcome };
  const textOffset = (byteOffset: number): number =>
    byteOffset < 0 ? byteOffset : Buffer.byteLength(decode(content.subarray(0, byteOffset)));
  return {
    text,
    outcome: {
      ...outcome,
      rows: outcome.rows.map((row) => ({ ...row, byteOffset: textOffset(row.byteOffset) })),
      rejected: outcome.rejected.map((record) => ({
        ...record,
        position: { ...record.position, byteOffset: textOffset(record.position.byteOffset ?? -1) },
      })),
    },
  };
}

function contentOf(bytes: Uint8Array, plan: DelimitedReader | null): Buffer | null {
  const compression = plan?.compression ?? null;
  if (compression === null) return Buffer.from(bytes);
  try {
    return compression === 'gzip' ? gunzipSync(bytes) : unpackFrames(Buffer.from(bytes));
  } catch {
    return null;
  }
}

/** Node's own stops behind the first frame. */
function unpackFrames(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at >= 8 && (bytes.readUInt32LE(at) & ~0xf) === 0x184d2a50) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    const { buffer, engine } = zstdDecompressSync(bytes.subarray(at), { info: true }) as unknown as Unpacked;
    pieces.push(buffer);
    at += engine.bytesWritten;
  }
  return Buffer.concat(pieces);
}

interface Unpacked {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function decoderOf(encoding: string): ((bytes: Uint8Array) => string) | null {
  if (encoding === 'utf-8') return null;
  // The platform takes this name for windows-1252.
  if (encoding === 'iso-8859-1') return (bytes) => Buffer.from(bytes).toString('latin1');
  return (bytes) => new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

function withoutFooter(text: Buffer, lines: number): Buffer {
  if (lines === 0) return text;
  const content = text.toString('latin1');
  const pieces = content.split(/\r\n|\n|\r/.exec(content)?.[0] === '\r' ? /(?<=\r)/ : /(?<=\n)/);
  let left = lines;
  while (left > 0 && pieces.length > 0) if (/[^\0-\x20]/.test(pieces.pop() as string)) left -= 1;
  return Buffer.from(pieces.join(''), 'latin1');
}
