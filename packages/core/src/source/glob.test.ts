import { matchesGlob } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { compileGlob } from './glob.ts';
import { maskIgnored } from './ignored-name.ts';

const matches = (pattern: string, path: string): boolean => compileGlob(pattern).matches(path);

function problemOf(pattern: string): CalveError {
  try {
    compileGlob(pattern);
  } catch (error) {
    if (CalveError.is(error)) return error;
  }
  throw new Error(`the pattern ${pattern} was accepted`);
}

describe('compileGlob', () => {
  it.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a/b.csv', false],
    ['*.csv', 'a.CSV', false],
    ['*', '.hidden', true],
    ['**', 'a/b/c', true],
    ['**/*.csv', 'a.csv', true],
    ['**/*.csv', 'x/y/a.csv', true],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a**b', 'a/b', false],
    ['?.csv', '😀.csv', true],
    ['??.csv', '😀.csv', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['[]a]x', ']x', true],
    ['[a-]x', '-x', true],
    ['[😀-😂]', '😁', true],
    ['[{,}]x', ',x', true],
    ['{a,b}/{c,d{1,2}}', 'b/d2', true],
    ['{a,b}/{c,d{1,2}}', 'b/d3', false],
    ['{,x}a', 'a', true],
    ['{a/**,b}', 'a/c/d', true],
    ['\\*.csv', '*.csv', true],
    ['\\*.csv', 'a.csv', false],
    ['\\{a,b\\}', '{a,b}', true],
    ['report (1)*', 'report (1).csv', true],
    ['a}', 'a}', true],
    ['date=*/part-[0-9][0-9].csv.gz', 'date=2024-01-01/part-07.csv.gz', true],
  ])('%s against %s is %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it.each([
    ['', 0],
    ['ab[c', 2],
    ['a[z-b]', 2],
    ['a[b/c]', 1],
    ['[[:alpha:]]', 1],
    ['a{b,c', 1],
    ['a{b}', 1],
    ['abc\\', 3],
    [`x${'{a,b}'.repeat(20)}`, 46],
    ['a'.repeat(5000), 4096],
    ['{'.repeat(4000), 32],
  ])('refuses %s at position %i', (pattern, position) => {
    const problem = problemOf(pattern);
    expect(problem.code).toBe('OPTIONS_INVALID');
    expect(problem.recovery.kind).toBe('fix-input');
    expect(problem.context).toMatchObject({ position });
  });

  it.each([
    ['2024/orders-*.csv', '2024/orders-'],
    ['2024/**', '2024/'],
    ['{2024-01,2024-02}/x', '2024-0'],
    ['a\\*b/c', 'a*b/c'],
    ['*', ''],
    ['**/x', ''],
  ])('the paths of %s begin with "%s"', (pattern, prefix) => {
    expect(compileGlob(pattern).literalPrefix).toBe(prefix);
  });

  it('tells which folders a listing may leave out', () => {
    expect(compileGlob('*.csv').canMatchInside('a')).toBe(false);
    expect(compileGlob('a/*.csv').canMatchInside('a')).toBe(true);
    expect(compileGlob('a/*.csv').canMatchInside('b')).toBe(false);
    expect(compileGlob('a/*.csv').canMatchInside('a/b')).toBe(false);
    expect(compileGlob('a/**').canMatchInside('a/b/c')).toBe(true);
    expect(compileGlob('**/b/*.csv').canMatchInside('x/b')).toBe(true);
  });

  it('with a mask matches ignored names only where the pattern spells them out', () => {
    const named = (pattern: string, path: string) => compileGlob(pattern, maskIgnored).matches(path);
    expect(named('**', 'a/_b/c.csv')).toBe(false);
    expect(named('*/*/c.csv', 'a/_b/c.csv')).toBe(false);
    expect(named('**/_b/*.csv', 'a/_b/c.csv')).toBe(true);
    expect(named('**/_b/*.csv', 'a/_b/_c.csv')).toBe(false);
    expect(named('**/_b/*', 'x.crc/_b/c.csv')).toBe(true);
    expect(named('*.crc', 'x.crc')).toBe(true);
    expect(named('*', 'x.crc')).toBe(false);
    expect(compileGlob('**/_b/*.csv', maskIgnored).canMatchInside('a/_b')).toBe(true);
    expect(compileGlob('**/c/*.csv', maskIgnored).canMatchInside('a/_b')).toBe(false);
  });

  it('agrees with path.matchesGlob of Node on the common subset', () => {
    const name = fc.array(fc.constantFrom('a', 'b', 'c', '-'), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const part = fc.constantFrom('a', 'b', 'c', '*', '?', '[ab]', '[!a]', '[a-c]', '{a,b}', '{ab,c*}');
    const segment = fc.oneof(
      { weight: 4, arbitrary: fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.constant('**') },
    );
    const pattern = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
    let hits = 0;
    fc.assert(
      fc.property(pattern, fc.array(path, { minLength: 5, maxLength: 5 }), (text, paths) => {
        for (const candidate of paths) {
          const expected = matchesGlob(candidate, text);
          if (expected) hits++;
          expect(matches(text, candidate), `${text} against ${candidate}`).toBe(expected);
        }
      }),
      { numRuns: 1500 },
    );
    expect(hits).toBeGreaterThan(200);
  });

  it('prefix and folder pruning never lose a path that matches', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 2, maxLength: 4 });
    const segment = fc.constantFrom('a', 'b', '*', '**', 'a*', '{a,b}', '[ab]b');
    let hits = 0;
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), path, (segments, names) => {
        const glob = compileGlob(segments.join('/'));
        if (!glob.matches(names.join('/'))) return;
        hits++;
        expect(names.join('/').startsWith(glob.literalPrefix)).toBe(true);
        for (let depth = 1; depth < names.length; depth++)
          expect(glob.canMatchInside(names.slice(0, depth).join('/'))).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(hits).toBeGreaterThan(100);
  });

  it('answers 1,000 hostile patterns without blowing up', () => {
    const hostile = ['*a', '*?', '**/', '[!b]*', '*a*', '{a,*}', 'a*?*'];
    const path = `${'a'.repeat(250)}/${'a/'.repeat(100)}${'a'.repeat(250)}`;
    let work = 0;
    for (let index = 0; index < 1000; index++) {
      const part = hostile[index % hostile.length]!;
      const text = `${part.repeat(part.includes('{') ? 8 : 30 + (index % 50))}b`;
      if (!matches(text, path)) work++;
    }
    expect(work).toBe(1000);
  });
});
