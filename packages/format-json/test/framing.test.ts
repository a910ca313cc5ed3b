import { gzipSync, zstdCompressSync } from 'node:zlib';
import { applySpecPatch, type IngestionSpec } from '@calve/core';
import type { JsonReader } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { bytesReader, createTestCalve, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { jsonFormat } from '../src/index.ts';
import { observeJson } from '../src/observe-json.ts';
import { bytesOf, decodeFile, observeFile, readFile, validOptions } from './read-file.ts';

/** More than what is looked at first. */
const LONG = Array.from({ length: 20_000 }, (_, item) => `{"sku":"sku ${item}","price":${item}}`).join(',');
const orders = (count: number): string[] => Array.from({ length: count }, (_, id) => `{"id":${id},"items":[{"sku":"a"}]}`);

describe('a first record that is longer than what is looked at first', () => {
  it.each([
    ['on a line', `{"id":-1,"items":[${LONG}]}\n${orders(1000).join('\n')}\n`, 'lines'],
    ['over several lines', `{\n"id":-1,\n"items":[${LONG}]\n}\n${orders(1000).join('\n')}`, 'values'],
    ['on one line with all others', `{"id":-1,"items":[${LONG}]}${orders(1000).join('')}`, 'values'],
    ['behind white space', `${' \n'.repeat(200_000)}{"id":-1,"items":[{}]}\n${orders(1000).join('\n')}`, 'lines'],
  ])('is one of them: %s', async (_, content, framing) => {
    const { records } = await readFile(content);
    expect(records).toHaveLength(1001);
    expect(await observeFile(content)).toMatchObject({ facts: { framing, recordsAt: [] }, exactRows: 1001 });
    expect(await observeFile(new Uint8Array(zstdCompressSync(content)))).toMatchObject({ facts: { framing }, exactRows: 1001 });
  });

  it('has a document beside it that is as long', async () => {
    const content = `{\n"meta":{"page":1},\n"records":[${LONG}]\n}\n`;
    expect(await observeFile(content)).toMatchObject({
      facts: { framing: 'document', recordsAt: ['records'] },
      exactRows: 20_000,
    });
  });

  it('is no record beyond the limit of one, so that the records are in it', async () => {
    const context = testContext({ limits: { ...testContext().limits, recordBytes: 64 * 1024 } });
    const observation = await observeFile(`{"meta":1,"records":[${LONG}]}\n`, {}, 1e9, context);
    expect(observation).toMatchObject({ facts: { framing: 'document', recordsAt: ['records'] }, exactRows: 20_000 });
    expect(observation.undecided).toBeUndefined();
  });
});

describe('another value behind what looked like a document', () => {
  const content = `[${LONG}]\n[{"sku":"last"}]\n`;
  const at = { line: 2, byteOffset: content.indexOf('[{"sku":"last"') };

  it('holds the file, with its place and the choices', async () => {
    const observation = await observeFile(content);
    const finding = observation.findings.find(({ code }) => code === observation.undecided);
    expect(finding).toMatchObject({ code: 'JSON_FRAMING_AMBIGUOUS', at, message: expect.stringContaining('in line 2 (byte') });
    expect(finding?.fixes?.map(({ specPatch }) => specPatch)).toEqual([
      [{ op: 'add', path: '/input/format/options/framing', value: 'values' }],
      [{ op: 'add', path: '/input/format/options/framing', value: 'lines' }],
    ]);
  });

  it('is refused by the decoder when only the beginning was looked at', async () => {
    const observation = await observeFile(content, {}, 64 * 1024);
    expect([observation.origin, observation.undecided]).toEqual(['sample', undefined]);
    const plan = jsonFormat().lower(validOptions({}), observation) as JsonReader;
    const error: unknown = await decodeFile(bytesReader(bytesOf(content)), plan).catch((thrown: unknown) => thrown);
    if (!CalveError.is(error)) throw error;
    expect(error).toMatchObject({ code: 'JSON_FRAMING_AMBIGUOUS', recovery: { kind: 'fix-input' }, context: at });
    expect(error.diagnostics).toMatchObject([{ code: 'JSON_FRAMING_AMBIGUOUS', fixes: [{}, {}] }]);
  });

  it('is ignored when somebody said that it is a document, or when it is no value', async () => {
    const told = await observeFile(content, { framing: 'document' });
    expect([told.undecided, told.exactRows]).toEqual([undefined, 20_000]);
    expect(told.findings.map(({ code }) => code)).toContain('JSON_TEXT_IGNORED');
    const text = await observeFile(`[${LONG}]\n--\n`);
    expect([text.undecided, text.exactRows]).toEqual([undefined, 20_000]);
  });
});

const SPEC = {
  ...{ specVersion: 1, id: 'orders' },
  outputs: [
    { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', mode: { kind: 'append' }, provenance: [] },
  ],
};

async function land(files: Record<string, string | Uint8Array>, format: unknown, schema: object = {}) {
  const bytes = Object.entries(files).map(([name, content]) => [name, typeof content === 'string' ? bytesOf(content) : content]);
  return {
    test: await createTestCalve({ files: Object.fromEntries(bytes), formats: { json: jsonFormat() } }),
    spec: { ...SPEC, input: { source: 'files', format }, schema },
  };
}

describe('a file of one record with an array of objects', () => {
  const order = '{"id":3,"customer":"z","items":[{"sku":"a"},{"sku":"b"}]}\n';

  it.each<[string, unknown]>([
    ['detected', 'detect'],
    ['told to be JSON', { name: 'json', options: {} }],
  ])('is held with both choices when it is %s', async (_, format) => {
    const { test, spec } = await land({ 'b.json': order }, format);
    await using _test = test;
    const plan = await test.calve.plan(test.retarget(spec));
    expect(plan.batch.units).toEqual([]);
    const [held] = plan.batch.setAside;
    expect(held).toMatchObject({ state: 'held', finding: { code: 'JSON_FRAMING_AMBIGUOUS', at: { line: 1 } } });
    const rows: number[] = [];
    for (const { specPatch } of held?.finding.fixes ?? []) {
      const patched = applySpecPatch(test.retarget(spec) as IngestionSpec, specPatch);
      const { batch, program } = await test.calve.plan(patched);
      expect(batch.setAside).toEqual([]);
      rows.push(batch.units.length);
      expect(program.readers[0]?.plan).toMatchObject(
        rows.length === 1 ? { framing: 'lines', recordsAt: [] } : { framing: 'document', recordsAt: ['items'] },
      );
    }
    expect(rows).toEqual([1, 1]);
  });

  it.each<[string, unknown]>([
    ['detected', 'detect'],
    ['told to be JSON', { name: 'json', options: {} }],
  ])('is a record when its name says that records stand on lines: %s', async (_, format) => {
    const { test, spec } = await land({ 'a.jsonl': order + order, 'b.jsonl': order }, format);
    await using _test = test;
    await test.load(spec);
    expect(test.rows().map((row) => row['customer'])).toEqual(['z', 'z', 'z']);
  });
});

it('a file whose end is another value than its beginning promised is held by the run', async () => {
  const { test, spec } = await land({ 'a.json': `[${LONG}]\n[{"sku":"last"}]\n` }, 'detect', { infer: 'off' });
  await using _test = test;
  const result = await test.calve.run(test.retarget(spec), { allow: ['held'] });
  expect(result.units).toMatchObject({ held: 1, quarantined: 0, ingested: 0 });
  expect(test.rows()).toEqual([]);
  const report = await test.calve.findings(test.retarget(spec));
  const [finding] = report.findings.filter(({ code }) => code === 'JSON_FRAMING_AMBIGUOUS');
  expect(finding?.fixes[0]?.specPatch).toEqual([
    { op: 'replace', path: '/input/format', value: { detect: { json: { framing: 'values' } } } },
  ]);
});

describe('the bytes of a file', () => {
  it.each([
    ['UTF-16LE', Buffer.from('{"a":1}\n', 'utf16le')],
    ['UTF-16BE', Buffer.from('{"a":1}\n', 'utf16le').swap16()],
  ])('are refused in %s without a mark, with the command that converts them', async (name, bytes) => {
    for (const content of [new Uint8Array(bytes), new Uint8Array(gzipSync(bytes))]) {
      const error: unknown = await observeFile(content).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'JSON_ENCODING_UNSUPPORTED',
        message: expect.stringContaining(`iconv -f ${name} -t UTF-8`),
        context: { encoding: name.toLowerCase() },
      });
    }
  });

  it('may begin with a frame that zstd skips', async () => {
    const skipped = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    const content = Uint8Array.from([...skipped, ...zstdCompressSync('{"a":1}\n{"a":2}\n')]);
    const observation = await observeJson(bytesReader(content), validOptions({}), 1e9, testContext());
    expect(observation).toMatchObject({ exactRows: 2, facts: { compression: 'zstd' } });
    expect((await readFile(content)).records).toHaveLength(2);
  });
});
