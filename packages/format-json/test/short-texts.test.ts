import { projectionKernels, withoutWebAssembly } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { jsonKernels } from '../src/json-kernels.ts';
import { bytesOf, decodeFile, plan, texts } from './read-file.ts';

const fields = plan(texts('a', 'b'));

/** The bytes as they are, one for each character. */
const raw = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** What the parser reads, which compiled code has to read as well. */
async function readBothWays(content: Uint8Array) {
  const compiled = await decodeFile(bytesReader(content), fields);
  expect(compiled).toEqual(await withoutWebAssembly(() => decodeFile(bytesReader(content), fields)));
  return compiled.records;
}

/** Lines with one more byte each before what is looked at, so that it stands at every place of the 16 bytes that are looked at together. */
function linesWith(ends: readonly string[]): Uint8Array {
  const pads = Array.from({ length: 34 }, (_, length) => 'x'.repeat(length));
  return raw(ends.flatMap((end) => pads.map((pad) => `{"a":"${pad}${end}","b":1}\n`)).join(''));
}

describe('texts that are read 16 bytes at a time', () => {
  it('are compiled where there is WebAssembly', async () => {
    await Promise.all([jsonKernels.open(), projectionKernels.open()]);
    expect(jsonKernels.current).not.toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['letters of two bytes', '\xc3\xa9\xc4\x85z\xdf\xbf'],
    ['letters of three and four bytes', '\xe2\x82\xacz\xf0\x9f\x98\x80'],
    ['an escape behind a letter', '\xc3\xa9\\n\\u00e9'],
    ['a backslash before a quote', '\\\\'],
  ])('are whole: %s', async (_, end) => {
    const records = await readBothWays(linesWith([end]));
    expect(records).toHaveLength(34);
    expect(records.every((record) => 'row' in record)).toBe(true);
  });

  it.each([
    ['a first byte before the quote', '\xc3'],
    ['a first byte before a letter of ASCII', '\xc3z'],
    ['two first bytes', '\xc3\xc3\xa9'],
    ['a byte that follows nothing', 'z\xa9'],
    ['two bytes that follow one', '\xc3\xa9\xa9'],
    ['a letter in two bytes that needs one', '\xc0\x80\xc1\xbf'],
    ['a byte that begins nothing', '\xff\xf5'],
    ['half of a letter of three bytes', '\xe2\x82'],
    ['a control', '\x01'],
    ['an escape that there is none', '\\x'],
  ])('are refused: %s', async (_, end) => {
    const records = await readBothWays(linesWith([end]));
    expect(records).toHaveLength(34);
    expect(records.every((record) => 'rejected' in record)).toBe(true);
  });

  it('end where another text begins, whatever stands there', async () => {
    const lines = ['é', 'ą"', 'z'].flatMap((end) => ['"', 'é', '\\n', ''].map((next) => JSON.stringify({ a: end, b: next })));
    expect(await readBothWays(bytesOf(`${lines.join('\n')}\n`))).toHaveLength(12);
  });
});

describe('numbers that are read 16 bytes at a time', () => {
  const digits = Array.from({ length: 36 }, (_, length) => '1234567890'.repeat(4).slice(0, length));

  it.each([
    ['of any length', (length: string) => (length === '' ? '0' : length), true],
    ['with a fraction', (length: string) => `0.${length}5`, true],
    ['behind many digits', (length: string) => `-1${length}.25`, true],
    ['with an exponent', (length: string) => `1${length}e-5`, true],
    ['with a zero in front', (length: string) => `0${length}1`, false],
    ['without a digit behind the point', (length: string) => `1${length}.`, false],
    ['without a digit before it', (length: string) => `-.${length}1`, false],
    ['with a letter behind', (length: string) => `1${length}x`, false],
    ['with two points', (length: string) => `1.${length}1.1`, false],
  ])('%s', async (_, number, isNumber) => {
    const content = digits.map((length) => `{"a":${number(length)},"b":"${length}"}\n`).join('');
    const records = await readBothWays(bytesOf(content));
    expect(records).toHaveLength(36);
    expect(records.every((record) => 'row' in record)).toBe(isNumber);
  });
});
