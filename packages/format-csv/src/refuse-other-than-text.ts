import { CalveError, describeBytes } from '@calve/core/plugin';

/** As many bytes as the longest signature has. NUL bytes further on are read as Spark reads them. */
const SIGNATURE_BYTES = 16;

/**
 * Looks at the first bytes of the content.
 *
 * @param compression In which the content was.
 * @throws {CalveError} `CSV_NOT_TEXT` for an image, an archive or another known kind of file, `CSV_ENCODING_UNSUPPORTED` for UTF-32;
 *   recovery `fix-input`.
 */
export function refuseOtherThanText(head: Uint8Array, compression: 'gzip' | 'zstd' | null): void {
  const described = describeBytes(head.subarray(0, SIGNATURE_BYTES));
  const subject = compression === null ? 'The file' : 'The decompressed file';
  if (described?.kind === 'foreign') {
    const { name, says, advice } = described;
    const message = `${subject} ${says}: it is not delimited text. ${advice}`;
    throw new CalveError('CSV_NOT_TEXT', message, { recovery: 'fix-input', context: { content: name } });
  }
  if (described?.kind === 'encoding' && described.name === 'UTF-32') {
    throw new CalveError('CSV_ENCODING_UNSUPPORTED', `${subject} ${described.says}, which cannot be read. ${described.advice}`, {
      recovery: 'fix-input',
      context: { encoding: described.name.toLowerCase() },
    });
  }
}
