import type { Json } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { parseSet } from './parse-set.ts';
import { withValues } from './set-values.ts';

const spec: Json = {
  id: 'a',
  input: { format: 'detect', onChanged: 'hold' },
  outputs: [{ name: 'main', columns: {} }],
};

const set = (...texts: string[]): Json => withValues(spec, texts.map(parseSet));

describe('withValues', () => {
  it('changes a copy, the last value of a place counts', () => {
    const before = JSON.stringify(spec);
    expect(set('/id=b', '/input/onChanged=append', '/id=c')).toEqual({
      ...spec,
      id: 'c',
      input: { format: 'detect', onChanged: 'append' },
    });
    expect(JSON.stringify(spec)).toBe(before);
  });

  it('makes objects on the way, and appends to a list', () => {
    expect(set('/outputs/0/columns/amount/type/kind=string', '/outputs/-/name=more', '/outputs/2={}')).toMatchObject({
      outputs: [{ name: 'main', columns: { amount: { type: { kind: 'string' } } } }, { name: 'more' }, {}],
    });
  });

  it('names the format whose options are set', () => {
    const options = { delimiter: ';', skipLines: 2 };
    expect(set('/input/format/options/delimiter=;', '/input/format/options/skipLines=2')).toMatchObject({
      input: { format: { name: 'csv', options } },
    });
    expect(set('/input/format/name=csv')).toMatchObject({ input: { format: { name: 'csv', options: {} } } });
    expect(set('/input/format=detect')).toEqual(spec);
  });

  it('takes names that objects have anyway', () => {
    const changed = set('/outputs/0/columns/__proto__={"trim":true}', '/outputs/0/columns/constructor/trim=true');
    const { columns } = (changed as unknown as { outputs: { columns: object }[] }).outputs[0] ?? {};
    expect(JSON.stringify(columns)).toBe('{"__proto__":{"trim":true},"constructor":{"trim":true}}');
    expect(({} as { trim?: boolean }).trim).toBeUndefined();
  });

  it.each([
    ['/id/x=1', '/id is "a", so nothing can be set below it'],
    ['/outputs/2/name=x', '/outputs/2 is no place in a list of 1; write 0 to 1, or - for the end'],
    ['/outputs/01=x', 'is no place in a list'],
    ['/outputs/name=x', 'is no place in a list'],
  ])('refuses %s, naming the option', (text, words) => {
    expect(() => set(text)).toThrow(`--set ${text}: `);
    expect(() => set(text)).toThrow(words);
  });
});
