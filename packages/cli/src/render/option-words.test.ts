import { expect, it } from 'vitest';
import { optionWords } from './option-words.ts';

it.each([
  ['If so, raise limits.recordBytes.', 'If so, raise --limits recordBytes=….'],
  [
    'is no text; name the format in the spec or leave it out.',
    'is no text; name the format (--set /input/format/name=csv) or leave it out.',
  ],
  ['put it back, or set input.onChanged in the spec.', 'put it back, or use --set /input/onChanged=….'],
  [
    'If it is data, set the option "header" to false; if lines before the header are a title, set "skipLines".',
    'If it is data, use --set /input/format/options/header=false; if lines before the header are a title, use --set /input/format/options/skipLines=….',
  ],
  [
    'taken as the header; set the option "header" if it is data',
    'taken as the header; use --set /input/format/options/header=false if it is data',
  ],
  ['else name the columns with the option "columns".', `else name the columns with --set '/input/format/options/columns=["…"]'.`],
  ['it has the names of the option "columns"', 'it has the names of the option "columns"'],
  [
    'does not exist: the spec names another table than before',
    'does not exist: the spec or --table names another table than before',
  ],
])('%s', (sentence, words) => {
  expect(optionWords(sentence)).toBe(words);
});
