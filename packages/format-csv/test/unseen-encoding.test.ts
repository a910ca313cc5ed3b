import type { IngestionSpec } from '@calve/core';
import { applySpecPatch } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import { bytesReader, createTestCalve, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { firstMalformed } from '../src/first-malformed.ts';
import { csvFormat } from '../src/index.ts';
import { encodeText } from './text-encoder.ts';

const spec = (options: Json) => ({
  ...{ specVersion: 1, id: 'test', schema: { infer: 'off' } },
  input: { source: 'files', format: { name: 'csv', options } },
  outputs: [
    { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', mode: { kind: 'append' }, provenance: [] },
  ],
});

/** 2 MB, of which planning reads 256 KiB; a tenth of it from the front there are names that are not ASCII, in some lines. */
function largeFile(name: string): string {
  const rows = Array.from({ length: 80_000 }, (_, row) => `${row},${row >= 8_000 && row < 8_030 ? name : 'Miller'} ${row},x\n`);
  return `id,name,kind\n${rows.join('')}`;
}

const world = (content: Uint8Array) => createTestCalve({ files: { 'a.csv': content }, formats: { csv: csvFormat() } });

describe('a file in another encoding, where planning did not look', () => {
  it('is held by the run with the patch, and lands as what the patch says', async () => {
    await using test = await world(encodeText(largeFile('Müller €'), 'windows-1252'));
    const asked = test.retarget(spec({}));
    const plan = await test.calve.plan(asked);
    expect(plan.batch.units).toHaveLength(1);
    expect(plan.program.readers[0]?.plan).toMatchObject({ encoding: 'utf-8', isEncodingAssumed: true });
    const { units } = await test.calve.run(asked, { allow: ['held'] });
    expect([units, test.rows()]).toMatchObject([{ held: 1, quarantined: 0 }, []]);

    const report = await test.calve.findings(asked);
    const [finding] = report.findings.filter(({ code }) => code === 'TEXT_MALFORMED');
    const patch = finding?.fixes[0]?.specPatch ?? [];
    expect(patch).toContainEqual({ op: 'add', path: '/input/format/options/fallbackEncoding', value: 'windows-1252' });
    await test.load(applySpecPatch(asked as IngestionSpec, patch));
    expect(test.rows()).toHaveLength(80_000);
    expect(test.rows()[8_000]?.['name']).toBe('Müller € 8000');
  });

  it('is read in the encoding that the spec has for such files', async () => {
    await using test = await world(encodeText(largeFile('Müller €'), 'windows-1252'));
    await test.load(spec({ fallbackEncoding: 'windows-1252' }));
    expect(test.rows()[8_029]?.['name']).toBe('Müller € 8029');
  });

  it('is UTF-8 with that option too when all of it is', async () => {
    await using test = await world(encodeText(largeFile('Müller €'), 'utf-8'));
    await test.load(spec({ fallbackEncoding: 'windows-1252' }));
    expect(test.rows()[8_029]?.['name']).toBe('Müller € 8029');
  });

  it.each<[string, Json, Uint8Array]>([
    ['is UTF-8 because the spec says so', { encoding: 'utf-8' }, encodeText(largeFile('Müller €'), 'windows-1252')],
    ['is UTF-8 with a damage when other characters are well-formed', {}, damaged(encodeText(largeFile('Müller'), 'utf-8'))],
  ])('%s, and says what became of its bytes', async (_, options, content) => {
    await using test = await world(content);
    await test.load(spec(options));
    const found = test.events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
    expect(found.find(({ code }) => code === 'TEXT_MALFORMED')?.message).toMatch(/(became|become) U\+FFFD/);
    expect(test.rows().filter(({ name }) => String(name).includes('\ufffd')).length).toBeGreaterThan(0);
  });
});

/** The second of two bytes becomes a letter. */
function damaged(content: Uint8Array): Uint8Array {
  const copy = content.slice();
  copy[copy.lastIndexOf(0xbc)] = 0x41;
  return copy;
}

describe('firstMalformed', () => {
  const find = (bytes: Uint8Array, chunkBytes: number) =>
    firstMalformed({ reader: bytesReader(bytes), footerLines: () => 0 }, testContext(), chunkBytes);

  it('finds the first byte that is not UTF-8, wherever chunks end', async () => {
    const text = encodeText('aé€😀z'.repeat(20), 'utf-8');
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes += 1) {
      expect(await find(text, chunkBytes)).toBeNull();
      for (const at of [0, 1, 60, text.length - 1]) {
        const broken = text.slice();
        broken[at] = 0xff;
        // What was begun before is cut off by it.
        const first = at === 60 || at === 1 ? expect.toSatisfy((place: number) => place <= at && place > at - 4) : at;
        expect(await find(broken, chunkBytes)).toEqual(first);
      }
      expect(await find(text.subarray(0, text.length - 2), chunkBytes)).toBe(text.length - 5);
    }
    expect(await find(new Uint8Array(0), 16)).toBeNull();
  });
});
