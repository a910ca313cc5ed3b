import { CalveError } from '@calve/core/plugin';
import type { AsyncBuffer } from 'hyparquet';

/** A file that can be read at any place. */
export interface DataFileSource {
  sizeBytes: number;
  /** Reads into `target` from `offset` on. @returns How many bytes; fewer than asked for is allowed, 0 is the end of the file. */
  read(target: Uint8Array, offset: number): Promise<number> | number;
  /** Called once, also after an error. */
  close(): Promise<void>;
}

/** The source as hyparquet takes it, and into memory that is there already. */
export interface FileBytes extends AsyncBuffer {
  /** Fills `target` with the bytes from `start` on. @throws {CalveError} `ICEBERG_DATA_FILE_MALFORMED`: the file ends before. */
  fill(target: Uint8Array, start: number): Promise<void>;
}

export function fileBytesOf(source: DataFileSource): FileBytes {
  const { sizeBytes } = source;
  const assertInside = (start: number, end: number): void => {
    if (!(start >= 0 && start <= end && end <= sizeBytes)) throw outside(start, end, sizeBytes);
  };
  const fill = async (target: Uint8Array, start: number): Promise<void> => {
    assertInside(start, start + target.length);
    for (let at = 0; at < target.length; ) {
      const read = await source.read(at === 0 ? target : target.subarray(at), start + at);
      if (read <= 0) throw outside(start + at, start + target.length, start + at);
      at += read;
    }
  };
  return {
    byteLength: sizeBytes,
    fill,
    async slice(start: number, end = sizeBytes): Promise<ArrayBuffer> {
      assertInside(start, end);
      const bytes = new Uint8Array(end - start);
      await fill(bytes, start);
      return bytes.buffer;
    },
  };
}

function outside(start: number, end: number, size: number): CalveError {
  return new CalveError(
    'ICEBERG_DATA_FILE_MALFORMED',
    `Bytes ${start} to ${end} of a data file are needed, but it ends at ${size}.`,
    {
      recovery: 'fix-input',
      context: { start, end, size },
    },
  );
}
