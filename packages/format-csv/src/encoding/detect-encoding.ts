import { CalveError } from '@calve/core/plugin';
import { orderOfNulBytes } from './order-of-nul-bytes.ts';

/** The encoding that a file is read in, and how sure that is. */
export interface FoundEncoding {
  /** Of the list, but for `utf-16`, which became one with an order of bytes. */
  encoding: string;
  /** `told`: by the options or a byte order mark. `default`: nothing says otherwise. `assumed`: the bytes look like it. */
  how: 'told' | 'default' | 'assumed';
  /** Why, as half a sentence; empty when there is nothing to say. */
  because: string;
}

/** As much of a content as is looked at. */
export const FIRST_BYTES = 4096;

type Mark = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * Looks for a byte order mark and, without one, for the NUL bytes that ASCII has in UTF-16. Whether the content is valid UTF-8 is known
 * only to who has read all of it. Pure.
 *
 * @param head The first bytes of the content, decompressed: `FIRST_BYTES`, or all that there are. Not UTF-32.
 * @param option The option `encoding`.
 * @throws {CalveError} `CSV_ENCODING_UNSUPPORTED` (fix-input): the mark says UTF-16 and the option something else.
 */
export function findEncoding(head: Uint8Array, option: string): FoundEncoding {
  const mark = markOf(head);
  if (mark !== null && mark !== 'utf-8') {
    if (option === 'detect' || option === 'utf-16' || option === mark) {
      return {
        encoding: mark,
        how: 'told',
        because: `the encoding is ${mark.toUpperCase()}: the file begins with its byte order mark`,
      };
    }
    throw new CalveError(
      'CSV_ENCODING_UNSUPPORTED',
      `The file begins with the byte order mark of ${mark.toUpperCase()}, but the option "encoding" is ${JSON.stringify(option)}. Leave the option out, and each file with such a mark is read as it says.`,
      { recovery: 'fix-input', context: { encoding: mark, option } },
    );
  }
  if (option !== 'detect' && option !== 'utf-16') return { encoding: option, how: 'told', because: '' };
  if (mark === 'utf-8') return { encoding: mark, how: 'told', because: '' };
  const order = orderOfNulBytes(head);
  // Without any sign Java reads UTF-16 with the big end first.
  if (option === 'utf-16') return { encoding: order ?? 'utf-16be', how: 'told', because: '' };
  if (order === null) return { encoding: 'utf-8', how: 'default', because: '' };
  const because = `NUL bytes stand only as the ${order === 'utf-16le' ? 'second' : 'first'} byte of two, the first one at byte ${head.indexOf(0)}, and there is no byte order mark`;
  return { encoding: order, how: 'assumed', because };
}

function markOf(head: Uint8Array): Mark | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : null;
}
