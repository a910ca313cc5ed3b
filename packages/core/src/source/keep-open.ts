import type { ByteReader } from './byte-reader.ts';

/** The same reader for someone who closes what he reads: whoever opened it closes it. `onRead` gets the bytes of each read. */
export function keepOpen(reader: ByteReader, onRead?: (bytes: number) => void): ByteReader {
  const note = (bytes: number): number => {
    onRead?.(bytes);
    return bytes;
  };
  return {
    sizeBytes: reader.sizeBytes,
    read: (target, offset) => {
      const answer = reader.read(target, offset);
      return typeof answer === 'number' ? note(answer) : answer.then(note);
    },
    verify: () => reader.verify(),
    close: async () => {},
    ...(reader.localPath === undefined ? {} : { localPath: reader.localPath }),
  };
}
