import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { CallContext } from '../context/call-context.ts';
import type { Json } from '../json/json.ts';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import { detectFormat } from './detect-format.ts';
import type { FormatPlugin, Guess, Sample } from './format.ts';

const HEAD = 256 * 1024;
const context = { environment: nodeEnvironment() } as CallContext;
const nothing = (): Record<string, Json> => ({});

function readerOf(content: Uint8Array, sizeBytes = content.length): ByteReader & { closed: number } {
  const reader = {
    sizeBytes,
    closed: 0,
    read(target: Uint8Array, offset: number) {
      // Never more than 1,000 bytes: a reader may be asked again.
      const piece = content.subarray(offset, offset + Math.min(1000, target.length));
      target.set(piece);
      return piece.length;
    },
    verify: () => Promise.resolve(),
    close: async () => {
      reader.closed += 1;
    },
  };
  return reader;
}

/** A format that answers with a guess and notes what it was shown. */
function format(guess: Guess | null, shown: Sample[] = []): FormatPlugin<unknown, unknown> {
  const options = z.strictObject({ delimiter: z.string(), header: z.boolean().default(true) });
  return {
    name: 'test',
    options: { jsonSchema: {}, '~standard': options['~standard'] },
    sniff: (sample: Sample) => {
      shown.push(sample);
      return guess;
    },
  } as Partial<FormatPlugin<unknown, unknown>> as FormatPlugin<unknown, unknown>;
}

const guess = (score: number, options: Json = { delimiter: ';' }): Guess => ({ score, because: [`${score} sure`], options });

describe('detectFormat', () => {
  it('takes the format that is surest, with its options validated, and says why', async () => {
    const formats = { weak: format(guess(0.2)), sure: format(guess(0.9)), none: format(null) };
    expect(await detectFormat(formats, 'file:///a.csv', readerOf(new Uint8Array(1)), nothing, context)).toMatchObject({
      name: 'sure',
      options: { delimiter: ';', header: true },
      findings: [{ code: 'FORMAT_DETECTED', severity: 'info', message: expect.stringContaining('0.9 sure') }],
    });
  });

  it('takes what the user says of an option for it, whatever was guessed', async () => {
    const told = (name: string): Record<string, Json> => (name === 'sure' ? { delimiter: '|' } : { delimiter: '~' });
    const formats = { weak: format(guess(0.2)), sure: format(guess(0.9)) };
    expect(await detectFormat(formats, 'file:///a.csv', readerOf(new Uint8Array(1)), told, context)).toMatchObject({
      name: 'sure',
      options: { delimiter: '|', header: true },
    });
  });

  it('refuses what nobody recognises and names the formats that were asked', async () => {
    const formats = { csv: format(null), json: format(null) };
    await expect(detectFormat(formats, 'file:///a.bin', readerOf(new Uint8Array(1)), nothing, context)).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
      recovery: { kind: 'fix-input' },
      context: { uri: 'file:///a.bin', formats: ['csv', 'json'] },
    });
  });

  const refusal = async (content: Uint8Array): Promise<string> => {
    const formats = { csv: format(null) };
    const error: unknown = await detectFormat(formats, 'file:///a.bin', readerOf(content), nothing, context).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: 'FORMAT_UNKNOWN', recovery: { kind: 'fix-input' } });
    return (error as Error).message;
  };

  it('says what a file of a known foreign kind is and to leave it out, not to name a format for it', async () => {
    const message = await refusal(Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1')));
    expect(message).toBe(
      'file:///a.bin starts like a PNG image: it is in no format that is registered (csv). Leave it out by a pattern in the source.',
    );
  });

  it.each([
    ['nothing', new Uint8Array(0), 'a.bin is empty:'],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x61, 0]), 'iconv -f UTF-16 -t UTF-8'],
    ['NUL bytes', Uint8Array.from([0x61, 0, 0x62]), 'a NUL byte at byte 1'],
    ['gzip in gzip', new Uint8Array(gzipSync(gzipSync('a,b'))), 'a.bin, decompressed, starts like a gzip file'],
    ['other text', Uint8Array.from([0x61]), 'name the format in the spec'],
  ])('says what the bytes of an unknown file tell: %s', async (_, content, words) => {
    expect(await refusal(content)).toContain(words);
  });

  it('never chooses between two that are equally sure', async () => {
    const formats = { csv: format(guess(0.5)), tsv: format(guess(0.5)), json: format(guess(0.1)) };
    await expect(detectFormat(formats, 'file:///a', readerOf(new Uint8Array(1)), nothing, context)).rejects.toMatchObject({
      code: 'FORMAT_AMBIGUOUS',
      context: { formats: ['csv', 'tsv'] },
    });
  });

  it('reports a format that guesses options which it does not accept', async () => {
    const formats = { csv: format(guess(1, { delimiter: 5 })) };
    await expect(detectFormat(formats, 'file:///a', readerOf(new Uint8Array(1)), nothing, context)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      recovery: { kind: 'report' },
    });
  });
});

describe('the sample that formats are shown', () => {
  const content = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

  async function sampleOf(reader: ByteReader, uri = 'file:///folder/a.csv'): Promise<Sample> {
    const shown: Sample[] = [];
    await detectFormat({ test: format(guess(1), shown) }, uri, reader, nothing, context);
    return shown[0]!;
  }

  it.each([0, 1, HEAD])('is the whole of a file of %i bytes', async (length) => {
    const bytes = content(length);
    const sample = await sampleOf(readerOf(bytes));
    expect(sample).toMatchObject({ name: 'a.csv', complete: true });
    expect(Buffer.compare(sample.head, bytes) || Buffer.compare(sample.tail, bytes)).toBe(0);
  });

  it.each([HEAD + 1, HEAD + 100_000])('is head and tail of a file of %i bytes, which never overlap', async (length) => {
    const bytes = content(length);
    const sample = await sampleOf(readerOf(bytes));
    expect(sample.complete).toBe(false);
    expect(Buffer.compare(sample.head, bytes.subarray(0, HEAD))).toBe(0);
    expect(Buffer.compare(sample.tail, bytes.subarray(Math.max(HEAD, length - 64 * 1024)))).toBe(0);
  });

  it('is the beginning of the content of a compressed file, whose reader stays open', async () => {
    const reader = readerOf(new Uint8Array(gzipSync('a;b\n1;2\n')));
    const sample = await sampleOf(reader, 'file:///a.csv.gz');
    expect(new TextDecoder().decode(sample.head)).toBe('a;b\n1;2\n');
    expect(sample).toMatchObject({ tail: new Uint8Array(0), complete: true });
    expect(reader.closed).toBe(0);
    const frame = zstdCompressSync('a;b\n1;2\n');
    const skippable = Uint8Array.from([0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]);
    for (const stored of [frame, Buffer.concat([skippable, frame])]) {
      expect((await sampleOf(readerOf(new Uint8Array(stored)))).head).toEqual(new TextEncoder().encode('a;b\n1;2\n'));
    }
    const large = await sampleOf(readerOf(new Uint8Array(gzipSync(new Uint8Array(HEAD + 1)))));
    expect(large).toMatchObject({ complete: false });
    expect(large.head).toHaveLength(HEAD);
  });

  it('does not claim to be whole when nobody knows how long the file is', async () => {
    expect(await sampleOf(readerOf(content(HEAD + 5), -1))).toMatchObject({ complete: false });
    expect(await sampleOf(readerOf(content(5), -1))).toMatchObject({ complete: true });
  });
});
