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

/** The source as hyparquet takes it. */
export function asyncBufferOf(source: DataFileSource): AsyncBuffer {
  return {
    byteLength: source.sizeBytes,
    async slice(start: number, end = source.sizeBytes): Promise<ArrayBuffer> {
      if (!(start >= 0 && start <= end && end <= source.sizeBytes)) throw outside(start, end, source.sizeBytes);
      const bytes = new Uint8Array(end - start);
      let at = 0;
      while (at < bytes.length) {
        const read = await source.read(bytes.subarray(at), start + at);
        if (read <= 0) throw outside(start + at, end, start + at);
        at += read;
      }
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
