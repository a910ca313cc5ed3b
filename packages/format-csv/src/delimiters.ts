/** What separates cells in files of which the options do not say it. */
export const DELIMITERS = [',', ';', '\t', '|'];
/** Tried where a file has them, and taken where their characters occur in no other way. */
export const LONG_DELIMITERS = ['||', '\t|', '|~|', '::'];
/** What quotes cells; the first one unless the other explains more. */
const QUOTES = ['"', "'"];
const ESCAPE = '\\';

/** The characters that separate, quote or escape in some dialect. */
export const MEANINGFUL_CHARACTERS = [...new Set([...DELIMITERS, ...LONG_DELIMITERS, ...QUOTES, ESCAPE].join(''))];
