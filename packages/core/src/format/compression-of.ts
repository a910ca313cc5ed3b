/** Numbers that zstd frames begin with, little endian: https://www.rfc-editor.org/rfc/rfc8878#name-zstandard-frames */
const ZSTD_FRAME = 0xfd2fb528;
/** The first of sixteen. */
const ZSTD_SKIPPABLE = 0x184d2a50;

/**
 * How a file is compressed, told by its first bytes: a member of gzip, or a frame of zstd, or one that zstd skips. Pure.
 *
 * @param head Four bytes are enough.
 */
export function compressionOf(head: Uint8Array): 'gzip' | 'zstd' | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08) return 'gzip';
  const magic = head.length < 4 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  return magic === ZSTD_FRAME || (magic & ~0xf) === ZSTD_SKIPPABLE ? 'zstd' : null;
}
