import type { ByteReader } from './byte-reader.ts';

/** The same reader for someone who closes what he reads: whoever opened it closes it. `onRead` gets the place where each read ended. */
export function keepOpen(reader: ByteReader, onRead?: (end: number) => void): ByteReader {
  const note = (offset: number, bytes: number): number => {
    onRead?.(offset + bytes);
    return bytes;
  };
  return {
    sizeBytes: reader.sizeBytes,
    read: (target, offset) => {
      const answer = reader.read(target, offset);
      return typeof answer === 'number' ? note(offset, answer) : answer.then((bytes) => note(offset, bytes));
    },
    verify: () => reader.verify(),
    close: async () => {},
    ...(reader.localPath === undefined ? {} : { localPath: reader.localPath }),
  };
}
