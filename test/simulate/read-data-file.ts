import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { lineOf } from './plain-writer.ts';

/** The rows of a Parquet file as plain lines, read by a library that the checker shares with nobody's commit path. */
export async function readDataFile(bytes: Uint8Array): Promise<string[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, utf8: false, compressors: { ZSTD: (input) => zstdDecompressSync(input) } });
  return rows.map(lineOf);
}
