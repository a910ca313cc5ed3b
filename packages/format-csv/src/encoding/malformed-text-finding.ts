import type { Diagnostic, Json } from '@calve/core/plugin';
import type { MalformedTally } from '../replace-malformed-text.ts';
import { singleByteTable } from './single-byte-table.ts';

/** An encoding that a file seems to have. */
interface GuessedEncoding {
  encoding: string;
  /** 0 to 1. */
  confidence: number;
  /** Half a sentence. */
  because: string;
}

/** Bytes that windows-1252 leaves without a character. */
const UNUSED = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
const OPTIONS = '/input/format/options';
/** With less of it nobody is asked. */
const LEAST_CONFIDENCE = 0.5;

/**
 * The finding for content with bytes that its encoding gives no meaning: how many became U+FFFD, what was assumed and, where the bytes look like
 * Western text, in which encoding it probably is, why, and the patches that declare it. Nothing is read otherwise before somebody says so.
 *
 * @param isUtf8Before True when there are well-formed characters beyond ASCII in front of the first malformed byte.
 * @param inParts ` in the sampled parts`, or nothing.
 */
export function malformedTextFinding(
  encoding: string,
  tally: MalformedTally,
  isUtf8Before: boolean,
  byteOffset: number,
  inParts: string,
): Diagnostic {
  const { pieces } = tally;
  const name = encoding.toUpperCase();
  const count = `${pieces} malformed piece${pieces === 1 ? '' : 's'}${inParts}`;
  const guess = encoding === 'utf-8' && !isUtf8Before ? guessEncoding(tally) : null;
  const advice =
    guess === null
      ? `Set the option ${encoding === 'utf-8' ? '"fallbackEncoding"' : '"encoding"'} if the file has another encoding, or repair it.`
      : `It looks like ${guess.encoding} (confidence ${guess.confidence}): ${guess.because}. Say so with the option "fallbackEncoding"; with "encoding" utf-8 they become U+FFFD.`;
  return {
    code: 'TEXT_MALFORMED',
    severity: 'warning',
    message: `The file is not valid ${name}: ${count}${guess === null ? ' became U+FFFD' : ''}, the first one at byte ${byteOffset}. ${advice}`,
    at: { unit: '', byteOffset },
    ...(guess === null ? {} : { fixes: fixesFor(guess.encoding) }),
  };
}

/** Not `encoding`: other files may be UTF-8, which is valid windows-1252 too, and wrong. */
function fixesFor(encoding: string): NonNullable<Diagnostic['fixes']> {
  const add = (option: string, value: Json): Json => ({ op: 'add', path: `${OPTIONS}/${option}`, value });
  return [
    {
      title: `Read files that are not UTF-8 as ${encoding}`,
      specPatch: [add('encoding', 'detect'), add('fallbackEncoding', encoding)],
    },
  ];
}

/** `null` when the bytes do not look like Western text: too many of them in a row, beside well-formed UTF-8, or without a meaning. */
function guessEncoding({ bytes, lonelyBytes, wellFormed }: MalformedTally): GuessedEncoding | null {
  let high = 0;
  let isUnused = false;
  let first1252 = -1;
  for (let byte = 0x80; byte < 256; byte += 1) {
    const count = bytes[byte] as number;
    if (count === 0) continue;
    high += count;
    isUnused ||= UNUSED.includes(byte);
    if (byte < 0xa0 && first1252 < 0) first1252 = byte;
  }
  const lonely = high === 0 ? 0 : lonelyBytes / high;
  if (isUnused || lonely < 0.5 || wellFormed * 10 > high) return null;
  const confidence = Math.round(100 * Math.min(lonely, first1252 < 0 ? 0.9 : 0.95) * (high < 5 ? 0.8 : 1)) / 100;
  if (confidence < LEAST_CONFIDENCE) return null;
  const stand = `${Math.round(lonely * 100)} % of its ${high} bytes beyond ASCII stand alone, as accented letters do`;
  return {
    encoding: 'windows-1252',
    confidence,
    because:
      first1252 < 0
        ? `${stand}, and none is one of 0x80 to 0x9F, so ISO-8859-1 would give the same text`
        : `${stand}, and 0x${first1252.toString(16).toUpperCase()}, which is a control character in ISO-8859-1, is ${singleByteTable('windows-1252')[first1252]} there`,
  };
}
