import { CalveError, describeBytes } from '@calve/core/plugin';

/** As many bytes as the longest signature has. */
const SIGNATURE_BYTES = 16;

/**
 * Looks at the first bytes of the content.
 *
 * @param isCompressed Whether the content was.
 * @throws {CalveError} `JSON_NOT_TEXT` for an image, an archive or another known kind of file, `JSON_ENCODING_UNSUPPORTED` for UTF-16 and
 *   UTF-32; recovery `fix-input`.
 */
export function refuseOtherThanText(head: Uint8Array, isCompressed: boolean): void {
  const described = describeBytes(head.subarray(0, SIGNATURE_BYTES));
  const subject = isCompressed ? 'The decompressed file' : 'The file';
  if (described?.kind === 'foreign') {
    const { name, says, advice } = described;
    throw new CalveError('JSON_NOT_TEXT', `${subject} ${says}: it is not JSON. ${advice}`, {
      recovery: 'fix-input',
      context: { content: name },
    });
  }
  if (described?.kind === 'encoding') {
    const message = `${subject} ${described.says}. JSON between systems is UTF-8. ${described.advice}`;
    throw new CalveError('JSON_ENCODING_UNSUPPORTED', message, {
      recovery: 'fix-input',
      context: { encoding: described.name.toLowerCase() },
    });
  }
}
