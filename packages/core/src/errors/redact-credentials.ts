/** What stands in place of a credential that nobody has named. */
export const REDACTED = '[redacted]';

/** Names whose value is a credential or part of one, as query parameter, header, property or part of a connection string. */
const NAMES = [
  'x-amz-(?:signature|security-token|credential)',
  'x-goog-(?:signature|credential)',
  '(?:aws[-_.]?)?access[-_.]?key(?:[-_.]?id)?',
  '(?:aws[-_.]?)?secret[-_.]?(?:access[-_.]?)?key',
  '(?:aws[-_.]?)?session[-_.]?token',
  'google[-_.]?access[-_.]?id',
  'signature',
  'sig',
  String.raw`account[-_.]?key(?:\.[\w.-]{1,100})?`,
  'shared[-_.]?access[-_.]?(?:key|signature)',
  'pass(?:word|wd|phrase)',
  'pwd',
  'client[-_.]?secret',
  '(?:x-)?api[-_.]?key',
  '(?:access|refresh|id|auth|bearer)[-_.]?token',
  'private[-_.]?key',
  '(?:set-)?cookie',
].join('|');

/** A name begins at no letter of another one; behind `%3F` and the like it does. */
const BEGIN = String.raw`(?:(?<![\w-])|(?<=%[0-9A-F]{2}))`;

/** Between name and value: `=`, `: `, `":"`, `\": \"`, `%3D`. */
const SEPARATOR = String.raw`(?:\\{0,3}["'])?\s{0,3}(?:=>|=|:|%3D|%3A)\s{0,3}`;

/** What was taken out already stays as it says. */
const STILL_THERE = String.raw`(?!\[(?:redacted\]|secret ))`;

/** What every credential that is looked for has in it: most texts have none of these … */
const HINT = /[=:@<%]|bearer|basic|-----|eyJ|AKIA|ASIA/i;

/** … or none of these, of which each of `NAMES` has one: the patterns take long to compile. */
const WORD = /@|authorization|bearer|basic|key|sig|secret|token|access|credential|pass|pwd|cookie|-----|eyJ|AKIA|ASIA/i;

// Each pattern begins with fixed words, repeats no group and gives up at a character that it may not hold, so that time is linear in the text.
const USERINFO: readonly [RegExp, string][] = [
  // In Azure's addresses a container stands before the @.
  [/(?<!abfss?|wasbs?)(:\/\/)[^\s/?#"'<>]*@/gi, `$1${REDACTED}@`],
  [/(:\/\/)[^\s/?#"'<>@:]*:[^\s/?#"'<>]*@/gi, `$1${REDACTED}@`],
];
const PATTERNS: readonly [RegExp, string][] = [
  ...USERINFO,
  [/(?<![\w-])((?:proxy-)?authorization\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?)[^"'\r\n\\]+/gi, `$1${REDACTED}`],
  [/(?<![\w-])((?:bearer|basic)\s{1,3})(?=[\w.~+/-]{0,40}[\d=])[\w.~+/-]{8,}=*/gi, `$1${REDACTED}`],
  [new RegExp(String.raw`${BEGIN}((?:${NAMES})${SEPARATOR}\\{0,3}")${STILL_THERE}[^"\\]+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(String.raw`${BEGIN}((?:${NAMES})${SEPARATOR}\\{0,3}')${STILL_THERE}[^'\\]+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(String.raw`${BEGIN}((?:${NAMES})${SEPARATOR})${STILL_THERE}[^\s"'\\;&,<>#)}\]]+`, 'gi'), `$1${REDACTED}`],
  [/(?<![\w-])(<(?:AWS)?AccessKeyId>)[^<]+/gi, `$1${REDACTED}`],
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, REDACTED],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*/g, REDACTED],
  [/(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, REDACTED],
];

/**
 * A text without what looks like a credential: user and password of an address, signatures of presigned addresses, headers, keys of
 * connection strings, tokens. Time is linear in the length of the text.
 */
export function redactCredentials(text: string): string {
  return HINT.test(text) && WORD.test(text) ? replaced(text, PATTERNS) : text;
}

/** A text in which no address names a user or a password. */
export function redactUserinfo(text: string): string {
  return replaced(text, USERINFO);
}

function replaced(text: string, patterns: readonly [RegExp, string][]): string {
  let clean = text;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}
