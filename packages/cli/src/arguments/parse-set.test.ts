import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSet, setOption } from './parse-set.ts';

describe('parseSet', () => {
  it.each([
    ['/input/onChanged=append', ['input', 'onChanged'], 'append'],
    ['/input/settleSeconds=0', ['input', 'settleSeconds'], 0],
    ['/input/format/options/header=false', ['input', 'format', 'options', 'header'], false],
    ['/input/format/options/quote=null', ['input', 'format', 'options', 'quote'], null],
    ['/input/format/options/nulls=["NA",""]', ['input', 'format', 'options', 'nulls'], ['NA', '']],
    ['/input/format/options/delimiter=;', ['input', 'format', 'options', 'delimiter'], ';'],
    ['/input/format/options/delimiter="\\t"', ['input', 'format', 'options', 'delimiter'], '\t'],
    ['/labels/note=a=b', ['labels', 'note'], 'a=b'],
    ['/labels/note=', ['labels', 'note'], ''],
    ['/labels/a~1b~0c=x', ['labels', 'a/b~c'], 'x'],
    ['#/labels/a%3Db%25=x', ['labels', 'a=b%'], 'x'],
    ['/labels/a b%41=x', ['labels', 'a b%41'], 'x'],
  ])('reads %s', (text, path, value) => {
    expect(parseSet(text)).toMatchObject({ path, value });
  });

  it.each([
    ['onChanged=append', 'is no place in the spec'],
    ['=append', 'is no place in the spec'],
    ['/input/~2=x', 'is no place in the spec'],
    ['#/input/%=x', 'is no place in the spec'],
    ['/input/onChanged', 'the value is missing'],
  ])('refuses %s, naming the option', (text, words) => {
    expect(() => parseSet(text)).toThrow(words);
    expect(() => parseSet(text)).toThrow('--set ');
  });
});

describe('setOption', () => {
  it('is quoted for a shell only where that is needed', () => {
    expect(setOption('/input/onChanged', 'append')).toBe('--set /input/onChanged=append');
    expect(setOption('/input/format/options/delimiter', ';')).toBe("--set '/input/format/options/delimiter=;'");
    expect(setOption('/labels/n', '7')).toBe(`--set '/labels/n="7"'`);
  });

  it('is read back as what it says, whatever the names and values are', () => {
    const name = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (path, value) => {
        const pointer = path.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        const words = setOption(pointer, value as never).slice('--set '.length);
        const text = words.startsWith("'") ? words.slice(1, -1).replaceAll(`'\\''`, "'") : words;
        expect(parseSet(text)).toMatchObject({ path, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });
});
