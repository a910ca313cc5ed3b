/** How bytes become characters. */
export type EncodingKind = 'utf-8' | 'utf-16' | 'single-byte' | 'multi-byte';

const ISO_PARTS = [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16];
const WINDOWS_PAGES = [874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258];

const SINGLE_BYTE: readonly string[] = [
  'iso-8859-1',
  ...ISO_PARTS.map((part) => `iso-8859-${part}`),
  ...WINDOWS_PAGES.map((page) => `windows-${page}`),
  'koi8-r',
  'koi8-u',
  'ibm866',
  'macintosh',
  'x-mac-cyrillic',
];
/** In all of these a line end is one byte that stands for nothing else, also behind a character that is cut off. */
const MULTI_BYTE: readonly string[] = ['shift_jis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'euc-kr'];

/**
 * Encodings that can be declared, by their names in the Encoding standard; `iso-8859-1` is the real one here, which the standard takes
 * for windows-1252. `utf-16` is the one of its two orders of bytes that the file has.
 *
 * @see https://encoding.spec.whatwg.org/#names-and-labels
 */
export const ENCODINGS: readonly string[] = ['utf-8', 'utf-16', 'utf-16le', 'utf-16be', ...SINGLE_BYTE, ...MULTI_BYTE];

/** What else people write. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  utf16: 'utf-16',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
  latin1: 'iso-8859-1',
  'latin-1': 'iso-8859-1',
  ansi: 'windows-1252',
  macroman: 'macintosh',
  cp866: 'ibm866',
  sjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  cp932: 'shift_jis',
  'windows-31j': 'shift_jis',
  gb2312: 'gbk',
  cp936: 'gbk',
  cp949: 'euc-kr',
};

/** The name of the list for what somebody wrote, upper and lower case alike; a name that is not known stays as it is. */
export function encodingNamed(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^iso[_-]?8859[_-]/, 'iso-8859-')
    .replace(/^(?:cp|win)-?(?=125\d$|874$)/, 'windows-');
  return ENCODINGS.includes(name) ? name : ((Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined) ?? text);
}

/** @returns `null` for a name that is not in the list. */
export function encodingKind(name: string): EncodingKind | null {
  if (name === 'utf-8') return 'utf-8';
  if (name === 'utf-16le' || name === 'utf-16be') return 'utf-16';
  if (SINGLE_BYTE.includes(name)) return 'single-byte';
  return MULTI_BYTE.includes(name) ? 'multi-byte' : null;
}
