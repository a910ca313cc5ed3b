import { expect, it } from 'vitest';
import { visibleText } from './visible-text.ts';

it('writes control characters and direction marks out, and leaves other text alone', () => {
  expect(visibleText('a\u001b[31m\n\u0085\u202eb')).toBe('a\\u001b[31m\\u000a\\u0085\\u202eb');
  expect(visibleText('Größe 订单 "…"')).toBe('Größe 订单 "…"');
});
