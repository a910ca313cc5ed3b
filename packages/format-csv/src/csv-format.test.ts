import { describe, expect, it } from 'vitest';
import { csvFormat } from './index.ts';

const format = csvFormat();
const validate = (options: unknown) => {
  const result = format.options['~standard'].validate(options);
  if (result instanceof Promise) throw new TypeError('validation has to be synchronous');
  return result;
};
const head = (text: string): Uint8Array => new TextEncoder().encode(text);
const sniff = (name: string, text: string | Uint8Array) =>
  format.sniff({ name, head: typeof text === 'string' ? head(text) : text, tail: new Uint8Array(0), complete: true });

describe('options', () => {
  it('may be empty and get their defaults', () => {
    expect(validate({})).toEqual({
      value: {
        header: 'detect',
        nulls: [],
        skipFooterLines: 0,
        unescapedQuotes: 'stop-at-delimiter',
        compression: 'detect',
        encoding: 'detect',
      },
    });
    const written: NonNullable<(typeof format)['~input']> = {};
    expect(validate(written).issues).toBeUndefined();
  });

  it.each([
    ['delimiter', { delimiter: '' }],
    ['delimiter', { delimiter: 'a\n' }],
    ['delimiter', { delimiter: ',"', quote: '"' }],
    ['quote', { quote: '""' }],
    ['quote', { quote: '“' }],
    ['escape', { quote: null, escape: '\\' }],
    ['comment', { comment: '"', quote: '"' }],
    ['columns', { columns: ['a', 'A'] }],
    ['skipLines', { skipLines: -1 }],
    ['encoding', { encoding: 'ebcdic' }],
  ])('are refused with the path: %s', (path, options) => {
    expect(validate(options).issues?.map((issue) => issue.path?.join('.'))).toContain(path);
  });

  it('are refused when their name is unknown', () => {
    expect(validate({ seperator: ';' }).issues?.[0]?.message).toContain('seperator');
  });

  it('are described as JSON Schema', () => {
    expect(Object.keys((format.options.jsonSchema as { properties: object }).properties)).toContain('unescapedQuotes');
  });
});

describe('sniffing', () => {
  it('is sure of a regular file with the right name and gives its dialect with reasons', () => {
    const guess = sniff('orders.csv', 'id;name\n1;x\n2;y\n');
    expect(guess?.score).toBeGreaterThan(0.9);
    expect(guess?.options).toEqual({ delimiter: ';', header: true });
    expect(guess?.because).toEqual([
      'the name ends with .csv',
      'the delimiter is `;`: all 3 sampled records have 2 fields',
      'the first record is a header: "id" stands above a column of numbers',
    ]);
  });

  it('is less sure without the name, and least of other text', () => {
    const scores = [
      sniff('a.csv', 'x,y\n1,2\n'),
      sniff('a.txt', 'x,y\n1,2\n'),
      sniff('a', 'x,y\n1,2\n'),
      sniff('a.json', '{"a":1,"b":2}\n{"a":3,"b":4}\n'),
    ].map((guess) => guess?.score ?? 0);
    expect(scores).toEqual([...scores].sort().reverse());
    expect(new Set(scores).size).toBe(scores.length);
  });

  it.each(['utf-16le', 'utf-16be'])('knows text in %s by its NUL bytes, and takes no numbers for it', (encoding) => {
    const inOrder = (bytes: Buffer) => new Uint8Array(encoding === 'utf-16le' ? bytes : bytes.swap16());
    const guess = sniff('orders.csv', inOrder(Buffer.from('id;name\n1;Zoé\n2;€\n', 'utf16le')));
    expect(guess?.score).toBeGreaterThan(0.9);
    expect(guess?.options).toEqual({ delimiter: ';', header: true });
    expect(guess?.because).toContain(`NUL bytes stand where ${encoding.toUpperCase()} has them`);
    const numbers = Buffer.from(Uint16Array.from({ length: 1000 }, (_, index) => (index % 200) + 1).buffer);
    expect(sniff('samples.csv', inOrder(numbers))).toBeNull();
  });

  it('does not want binary content', () => {
    for (const start of ['PAR1abc', 'PK\u0003\u0004', 'a,b\u0000c']) expect(sniff('a.csv', start)).toBeNull();
    expect(sniff('a.csv', Uint8Array.from([0x1f, 0x8b, 8, 0]))).toBeNull();
  });
});
