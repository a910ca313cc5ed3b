import fc from 'fast-check';

/** Pieces that mean something to SQL, Python, shells or their escapes. */
const PIECES = ["'", '"', '"""', '\\', '\\\\', '\\n', '\\u0041', '\\0', '${', '}', '`', '--', '/*', '*/', ';', '\n', '\r', '\t', '\0', '%', '_', '#', '{}', '{x}', '\u2028', '\ufeff', '\u0085', '😀', 'é', "''", 'u0027']; // biome-ignore format: one line

/** Texts that try to get out of the literal they stand in. Well-formed. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 })
  .map((pieces) => pieces.join(''));
