import { CalveError, describeBytes } from '@calve/core/plugin';
import { wideEncodingOf } from './wide-encoding.ts';

/** As many bytes as the longest signature has. */
const SIGNATURE_BYTES = 16;

/**
 * Looks at the first bytes of the content.
 *
 * @param isCompressed Whether the content was.
 * @throws {CalveError} `JSON_NOT_TEXT` for an image, an archive or another known kind of file, `JSON_ENCODING_UNSUPPORTED` for UTF-16 and
 *   UTF-32, with a byte order mark or without; recovery `fix-input`.
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
  const encoding = wideEncodingOf(head);
  if (encoding === null) return;
  const name = encoding.toUpperCase();
  const says = described?.kind === 'encoding' ? described.says : `has NUL bytes where ${name} has them`;
  const message = `${subject} ${says}. JSON between systems is UTF-8. Convert it, for instance with "iconv -f ${name} -t UTF-8".`;
  throw new CalveError('JSON_ENCODING_UNSUPPORTED', message, { recovery: 'fix-input', context: { encoding } });
}
