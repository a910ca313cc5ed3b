import { CalveError, describeBytes } from '@calve/core/plugin';
import type { Chunk } from './chunk-pool.ts';

/** As many bytes as the longest signature has. NUL bytes further on are read as Spark reads them. */
const SIGNATURE_BYTES = 16;

/**
 * Looks at the first bytes of the content.
 *
 * @param compression In which the content was.
 * @throws {CalveError} `CSV_NOT_TEXT` for an image, an archive or another known kind of file, `CSV_ENCODING_UNSUPPORTED` for UTF-16 and
 *   UTF-32; recovery `fix-input`.
 */
export function refuseOtherThanText({ bytes, length }: Chunk, compression: 'gzip' | null): void {
  const described = describeBytes(bytes.subarray(0, Math.min(length, SIGNATURE_BYTES)));
  const subject = compression === null ? 'The file' : 'The decompressed file';
  if (described?.kind === 'foreign') {
    const { name, says, advice } = described;
    const message = `${subject} ${says}: it is not delimited text. ${advice}`;
    throw new CalveError('CSV_NOT_TEXT', message, { recovery: 'fix-input', context: { content: name } });
  }
  if (described?.kind === 'encoding') {
    throw new CalveError(
      'CSV_ENCODING_UNSUPPORTED',
      `${subject} ${described.says}. Only UTF-8 can be read so far. ${described.advice}`,
      {
        recovery: 'fix-input',
        context: { encoding: described.name.toLowerCase() },
      },
    );
  }
}
