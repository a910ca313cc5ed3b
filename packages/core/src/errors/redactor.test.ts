import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalveError } from './calve-error.ts';
import { Redactor } from './redactor.ts';

const secret = `s3cr3t/p%ss"w+rd\\ é~'(!)`;

function redactorOf(...values: string[]): Redactor {
  const redactor = new Redactor();
  values.forEach((value, index) => {
    redactor.remember(index === 0 ? 'db' : `db${index}`, value);
  });
  return redactor;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Ways in which something that is told may hold a value. */
const forms: [string, (value: string) => string][] = [
  ['as it is', (value) => value],
  ['in base64', base64],
  ['in base64 for addresses', (value) => Buffer.from(value).toString('base64url')],
  ['in base64 behind a name', (value) => base64(`user:${value}`)],
  ['in base64 behind a longer name', (value) => base64(`user1:${value}`)],
  ['in base64 between others', (value) => base64(`{"a":"${value}","b":1}`)],
  ['as part of an address', encodeURIComponent],
  ['as a whole address', encodeURI],
  ['as a field of a form', (value) => new URLSearchParams({ x: value }).toString().slice(2)],
  ['as part of an address in lower case', (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase())],
  ['as part of an address in an address', (value) => encodeURIComponent(encodeURIComponent(value))],
  ['as JSON', (value) => JSON.stringify(value)],
  ['as JSON in JSON', (value) => JSON.stringify(JSON.stringify({ value }))],
  [
    'as JSON in ASCII',
    (value) => JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
];

describe('a known secret', () => {
  it.each(forms)('is replaced by its name: %s', (_, form) => {
    const clean = redactorOf(secret).text(`before ${form(secret)} after`);
    expect(clean).toMatch(/^before .*\[secret db\].* after$/);
    expect(clean).not.toContain(form(secret));
    expect(redactorOf(secret).text(clean)).toBe(clean);
    // What remains of base64 at the edges is a piece of a character.
    expect(clean.length).toBeLessThan(70);
  });

  it('is replaced whatever it is, and however it is written', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
        fc.constantFrom(...forms.map(([, form]) => form)),
        fc.string(),
        fc.string(),
        (value, form, before, after) => {
          fc.pre(value.isWellFormed());
          const written = form(value);
          expect(redactorOf(value).text(`${before} ${written} ${after}`)).not.toContain(written);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is replaced as often as it occurs, among others', () => {
    const clean = redactorOf('first-secret', 'second-secret', 'secret').text('first-secret,second-secret,first-secret,secret');
    expect(clean).toBe('[secret db],[secret db1],[secret db],[secret db2]');
  });

  it('of several lines is replaced line by line, and one that is JSON text by text', () => {
    const key = '-----BEGIN X-----\nMIIEowIBAAKC\nAQEA7bq8wXyz\n-----END X-----';
    const redactor = redactorOf(key, JSON.stringify({ type: 'account', private_key: key.replace('MIIE', 'NIIE') }));
    expect(redactor.text('line AQEA7bq8wXyz')).toBe('line [secret db]');
    expect(redactor.text('json NIIEowIBAAKC')).toBe('json [secret db1]');
    expect(redactor.text('the type is account')).toBe('the type is account');
  });

  it('that is too short to be one is left alone', () => {
    expect(redactorOf('abc').text('abc')).toBe('abc');
    expect(redactorOf('').text('abc')).toBe('abc');
  });

  it('is found among thousands that begin alike, as tokens of one service do', () => {
    const redactor = new Redactor();
    const token = (index: number) => `IQoJb3JpZ2luX2VjE${index}${'x'.repeat(900)}`;
    // Comparing each with each would take minutes.
    for (let index = 0; index < 5_000; index += 1) redactor.remember('token', token(index));
    const text = 'IQoJb3JpZ2luX2VjE, '.repeat(2_000);
    expect(redactor.text(text + token(777))).toBe(`${text}[secret token]`);
  });

  it('is found among ten thousand, in time that does not depend on their number', () => {
    const redactor = new Redactor();
    for (let index = 0; index < 10_000; index += 1) redactor.remember(`s${index}`, `${index}-secret-value-${index}`);
    const text = 'nothing to see here, '.repeat(5_000);
    expect(redactor.text(`${text}777-secret-value-777`)).toBe(`${text}[secret s777]`);
  });
});

it('the value of a name that tells a credential keeps the name of its secret', () => {
  const redactor = redactorOf(secret);
  expect(redactor.text(`password=${secret}; sig: "${secret}"`)).toBe('password=[secret db]; sig: "[secret db]"');
});

describe('a value', () => {
  const redactor = redactorOf(secret);

  it('loses its secrets wherever they are, in names too', () => {
    const value = { a: [{ [secret]: `x${secret}` }], b: 1, c: null, d: undefined, e: new Map([[secret, new Set([secret])]]) };
    expect(redactor.json(value)).toEqual({
      a: [{ '[secret db]': 'x[secret db]' }],
      b: 1,
      c: null,
      d: undefined,
      e: { '[secret db]': ['[secret db]'] },
    });
  });

  it('without any is the very same', () => {
    const value = { a: [1, 'x', { b: null }], c: true };
    expect(redactor.json(value)).toBe(value);
  });

  it('with one in the middle keeps what stands around it', () => {
    const value = { a: { x: 1 }, b: [1, [secret], { y: 2 }], c: { z: 3 }, d: [] };
    const clean = redactor.json(value);
    expect(clean).toEqual({ ...value, b: [1, ['[secret db]'], { y: 2 }] });
    expect([clean.a, clean.c]).toEqual([value.a, value.c]);
    expect(Object.keys(clean)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps the words that programs act on, whatever short word somebody has as a password', () => {
    const redactor = redactorOf('plan', 'retry', 'error', 'CHANGED', 'code');
    const event = {
      kind: 'planned',
      planId: '7',
      diagnostic: { code: 'OBJECT_CHANGED', severity: 'error' },
      message: 'no retry',
    };
    expect(redactor.json(event)).toEqual({ ...event, message: 'no [secret db1]' });
    const error = new CalveError('OBJECT_CHANGED', 'x plan', { recovery: 'retry' });
    expect(redactor.error(error).toJSON()).toMatchObject({
      code: 'OBJECT_CHANGED',
      message: 'x [secret db]',
      recovery: { kind: 'retry' },
    });
    expect(redactorOf(secret).json({ kind: secret, code: `E ${secret}` })).toEqual({
      kind: '[secret db]',
      code: 'E [secret db]',
    });
  });

  it('that is nested deeply is done in one pass', () => {
    let deep: unknown = secret;
    for (let level = 0; level < 60; level += 1) deep = { [`level${level}`]: [deep] };
    expect(JSON.stringify(redactor.json(deep))).not.toContain('s3cr3t');
  });

  it('keeps names that mean something to JavaScript', () => {
    const value = JSON.parse(`{"__proto__": ${JSON.stringify(secret)}, "constructor": 1}`);
    expect(JSON.stringify(redactor.json(value))).toBe('{"__proto__":"[secret db]","constructor":1}');
    expect(({} as Record<string, unknown>)['0']).toBeUndefined();
  });

  it('that is no JSON becomes some, and never throws', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const hostile = Object.defineProperty({}, 'x', { enumerable: true, get: () => expect.fail('no') });
    const error = Object.assign(new TypeError(secret), { config: { headers: secret } });
    const shown = inspect(
      redactor.json({ cycle, hostile, error, bytes: Buffer.from(secret), call: () => secret, [Symbol(secret)]: secret }),
      { depth: null, showHidden: true },
    );
    expect(shown).not.toContain('s3cr3t');
    expect(shown).toContain('[unreadable]');
    expect(shown).toContain('TypeError');
  });
});

describe('an address', () => {
  const redactor = redactorOf('landing-2026');

  it('keeps the names of its folders, whatever they look like', () => {
    const uri = 'file:///lake/landing-2026/password=x/sig=abc/AKIAIOSFODNN7EXAMPLE.csv';
    expect(redactor.uri(uri)).toBe(uri);
  });

  it('loses user, password and what its query tells', () => {
    expect(redactor.uri('https://ann:pa55@host/landing-2026?sig=abc&x=landing-2026&y=1')).toBe(
      'https://[redacted]@host/landing-2026?sig=[redacted]&x=[secret db]&y=1',
    );
    expect(redactor.uri('abfss://container@account.dfs.core.windows.net/a')).toBe(
      'abfss://container@account.dfs.core.windows.net/a',
    );
  });
});

describe('an error', () => {
  const redactor = redactorOf(secret);

  it('is thrown as one that holds no secret, however it is looked at', () => {
    const sdk = Object.assign(new Error(`401 for ${secret}`), {
      code: 'E401',
      config: { headers: { authorization: `Bearer ${secret}` } },
      $response: { body: secret },
    });
    const error = new CalveError('SOURCE_UNAVAILABLE', `cannot log in with ${secret}`, {
      recovery: { kind: 'decide', choices: [`use ${secret}`] },
      context: { url: `https://u:${encodeURIComponent(secret)}@host`, deep: [{ secret }] },
      diagnostics: [{ code: 'X', severity: 'error', message: secret, at: { unit: secret } }],
      cause: sdk,
    });
    Object.assign(error, { request: { secret } });
    const clean = redactor.error(error);
    const shown = [
      inspect(clean, { depth: null, showHidden: true }),
      JSON.stringify(clean),
      clean.message,
      String(clean.stack),
      JSON.stringify(clean.cause),
    ].join('\n');
    for (const part of ['s3cr3t', base64(secret), encodeURIComponent(secret)]) expect(shown).not.toContain(part);
    expect(clean).toBeInstanceOf(CalveError);
    expect(clean.toJSON()).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: 'cannot log in with [secret db]',
      cause: { code: 'E401', message: '401 for [secret db]' },
    });
    expect(clean.stack).toContain('redactor.test.ts');
  });

  it.each([
    ['a text', secret],
    ['nothing', undefined],
    ['an object without a prototype', Object.create(null)],
    ['an object that cannot be read', new Proxy({}, { getPrototypeOf: () => expect.fail('no') })],
    ['an error that is its own cause', Object.defineProperty(new Error('x'), 'cause', { get: () => new Error(secret) })],
    ['a circle of causes', circle()],
  ])('is a CalveError, whatever was thrown: %s', (_, thrown) => {
    const clean = redactor.error(thrown);
    expect(CalveError.is(clean)).toBe(true);
    expect(inspect(clean, { depth: null })).not.toContain('s3cr3t');
  });
});

function circle(): Error {
  const error = new Error('first');
  error.cause = new Error('second', { cause: error });
  return error;
}
