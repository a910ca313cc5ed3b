import { expect, it } from 'vitest';
import { shownText } from './shown-text.ts';

it('writes control characters of both kinds as escapes and leaves all other text alone', () => {
  expect(shownText('a\u0000b\u001b[31m\t\u007f\u0085')).toBe('a\\u0000b\\u001b[31m\\u0009\\u007f\\u0085');
  expect(shownText('größe "名前" \u{1F600} a\\b')).toBe('größe "名前" \u{1F600} a\\b');
});
