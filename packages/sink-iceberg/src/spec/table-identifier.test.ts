import { describe, expect, it } from 'vitest';
import { identifierText, parseIdentifier, tableNameIssue } from './table-identifier.ts';

describe('table names', () => {
  it.each(['sales.orders', 'a.b.c', 'default.café-2024 (new)'])('"%s" can be used', (text) => {
    expect(tableNameIssue(text)).toBeNull();
    expect(identifierText(parseIdentifier(text))).toBe(text);
  });

  it.each([
    'orders',
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a. ',
    'a. b',
    'a/b.c',
    'a\\b.c',
    'a.b?',
    'a.b#c',
    'a.b%20',
    'a.b\u0000',
    'a.b\u001f',
    'a.b\n',
    `a.${'x'.repeat(256)}`,
  ])('%j cannot, and the reason is told', (text) => {
    expect(tableNameIssue(text)).toMatch(/.{10}/);
  });
});
