import { createHash } from 'node:crypto';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { memoryState } from '../checkpoint/memory-state.ts';
import type { CallContext } from '../context/call-context.ts';
import { DEFAULT_LIMITS } from '../context/input-limits.ts';
import { createCalve } from '../create-calve.ts';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ObjectUnit } from './input-unit.ts';
import { memorySource } from './memory-source.ts';
import type { ListPage, ObjectSession } from './source.ts';

const context: CallContext = {
  tenant: 't',
  runId: 'r',
  signal: new AbortController().signal,
  environment: nodeEnvironment(),
  resolveSecret: () => Promise.reject(new Error('none')),
  limits: DEFAULT_LIMITS,
  reserve: async () => ({ release() {} }),
  report() {},
};

async function open(files: Parameters<typeof memorySource>[0], pattern = '**') {
  const session = (await memorySource(files).connect({ pattern }, context)) as ObjectSession;
  const pages: ListPage[] = [];
  for await (const page of session.list({ signal: context.signal })) pages.push(page);
  return { session, units: pages.flatMap((page) => page.units), skipped: pages.flatMap((page) => page.skipped) };
}

async function contentOf(session: ObjectSession, unit: ObjectUnit): Promise<string> {
  const reader = await session.open(unit, context);
  const target = new Uint8Array(unit.sizeBytes);
  expect(await reader.read(target, 0)).toBe(unit.sizeBytes);
  await reader.verify();
  await reader.close();
  return new TextDecoder().decode(target);
}

describe('memorySource', () => {
  it('takes text, bytes, blobs and files side by side', async () => {
    const { session, units } = await open({
      'text.csv': 'ä,b\n',
      'bytes.csv': new TextEncoder().encode('bytes'),
      'blob.csv': new Blob(['a', 'blob']),
      'buffer.csv': new TextEncoder().encode('buffer').buffer,
      'file.csv': new File(['file'], 'ignored name', { lastModified: Date.UTC(2024, 0, 1) }),
    });
    expect(units.map((unit) => unit.uri)).toEqual([
      'memory:///blob.csv',
      'memory:///buffer.csv',
      'memory:///bytes.csv',
      'memory:///file.csv',
      'memory:///text.csv',
    ]);
    const contents = await Promise.all(units.map((unit) => contentOf(session, unit)));
    expect(contents).toEqual(['ablob', 'buffer', 'bytes', 'file', 'ä,b\n']);
    expect(units.map((unit) => unit.modifiedAt)).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
      '2024-01-01T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
    ]);
  });

  it('identifies a file by name and the hash of its whole content', async () => {
    const middle = (value: string) => `${'a'.repeat(200_000)}${value}${'a'.repeat(200_000)}`;
    const [unit] = (await open({ 'a.csv': middle('x') })).units;
    const sha256 = createHash('sha256').update(middle('x')).digest('hex');
    expect(unit).toMatchObject({
      key: `memory:///a.csv#${sha256}`,
      fingerprint: sha256,
      version: sha256.slice(0, 16),
      place: 'memory:///a.csv',
    });
    expect((await open({ 'a.csv': middle('y') })).units[0]?.key).not.toBe(unit?.key);
    expect((await open({ 'a.csv': new Blob([middle('x')]) })).units[0]?.key).toBe(unit?.key);
    expect((await open({ 'b.csv': middle('x') })).units[0]).toMatchObject({ fingerprint: sha256, place: 'memory:///b.csv' });
  });

  it('takes the list that an upload form gives', async () => {
    const { units } = await open([new File(['1'], 'b.csv', { lastModified: 5 }), new File(['2'], 'a b.csv')]);
    expect(units.map((unit) => unit.uri)).toEqual(['memory:///a%20b.csv', 'memory:///b.csv']);
    expect(units[1]?.modifiedAt).toBe('1970-01-01T00:00:00.005Z');
  });

  it('refuses two files of one name, and a file without one', async () => {
    const twice = [new File(['1'], 'a.csv'), new File(['2'], 'a.csv')];
    await expect(open(twice)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID', recovery: { kind: 'fix-input' } });
    await expect(open({ '': 'x' })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it.each([
    ['a number', { 'a.csv': 'x', 'b.csv': 5 }, /"b\.csv" is a number; it has to be text, a Uint8Array/],
    ['null', { 'b.csv': null }, /"b\.csv" is null/],
    ['an object', { 'b.csv': { text: 'x' } }, /"b\.csv" is an object of type Object/],
    ['an array of numbers', { 'b.csv': [1, 2] }, /"b\.csv" is an object of type Array/],
    ['no name for a text in a list', [new File(['1'], 'a.csv'), 'secret'], /^Entry 2 of the list .* is text and no File/],
    ['no files at all', null, /takes files by name or a list of File objects, but was given null/],
  ])('refuses %s at the call, and repeats no content', (_, files, words) => {
    let thrown: unknown;
    try {
      memorySource(files as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      recovery: { kind: 'fix-input' },
      message: expect.stringMatching(words),
    });
    expect((thrown as Error).message).not.toContain('secret');
  });

  it('refuses at connect what was added after the call', async () => {
    const files: Record<string, string> = {};
    const source = memorySource(files);
    files['a.csv'] = 5 as never;
    await expect(source.connect({ pattern: '**' }, context)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('takes the files of a form as its example shows', async () => {
    const formData = new FormData();
    formData.append('files', new File(['a,b\n1,2\n'], 'orders.csv'));
    await using calve = createCalve({
      sources: { upload: memorySource(formData.getAll('files')) },
      formats: {},
      sinks: {},
      state: memoryState(),
    });
    expectTypeOf(calve.ingestion('orders').from).toBeCallableWith('upload', { pattern: '*.csv' });
    expect((await open(formData.getAll('files'))).units.map((unit) => unit.uri)).toEqual(['memory:///orders.csv']);
  });

  it('reads ranges of a blob and not all of it', async () => {
    const blob = new Blob([new Uint8Array(50_000_000)]);
    const { session, units } = await open({ 'big.bin': blob });
    const slices: number[] = [];
    const slice = blob.slice.bind(blob);
    blob.slice = (start, end, type) => {
      slices.push((end ?? blob.size) - (start ?? 0));
      return slice(start, end, type);
    };
    const reader = await session.open(units[0]!, context);
    expect(await reader.read(new Uint8Array(1000), 40_000_000)).toBe(1000);
    expect(slices).toEqual([1000]);
  });

  it('hashes a file in pieces, so that a large upload is never whole in memory', async () => {
    const file = new File([new Uint8Array(50_000_000)], 'big.bin');
    const slices: number[] = [];
    const slice = file.slice.bind(file);
    file.slice = (start, end, type) => {
      slices.push((end ?? file.size) - (start ?? 0));
      return slice(start, end, type);
    };
    file.arrayBuffer = () => Promise.reject(new Error('the file was read whole'));
    const { units } = await open([file]);
    expect(units[0]?.fingerprint).toBe(createHash('sha256').update(new Uint8Array(50_000_000)).digest('hex'));
    expect(slices.length).toBeGreaterThan(5);
    expect(Math.max(...slices)).toBeLessThanOrEqual(4 << 20);
  });

  it('notices bytes that the host changed after the listing', async () => {
    const bytes = new TextEncoder().encode('a,b\n1,2\n');
    const { session, units } = await open({ 'a.csv': bytes });
    const reader = await session.open(units[0]!, context);
    expect(reader.read(new Uint8Array(4), 0)).toBe(4);
    bytes[4] = 57;
    await expect(reader.verify()).rejects.toMatchObject({ code: 'OBJECT_CHANGED', recovery: { kind: 'replan' } });
  });

  it('says OBJECT_CHANGED when the platform can no longer read a file', async () => {
    const blob = new Blob(['abc']);
    const { session, units } = await open({ 'a.csv': blob });
    const reader = await session.open(units[0]!, context);
    blob.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) as unknown as Blob;
    await expect(reader.read(new Uint8Array(3), 0)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });

  it('skips hidden names with the reason, and has no access for other engines', async () => {
    const { session, skipped } = await open({ '_x.csv': 'x', 'a.csv': 'x' });
    expect(skipped).toEqual([{ uri: 'memory:///_x.csv', kind: 'hidden', reason: expect.stringContaining('_x.csv') }]);
    expect(session.externalAccess()).toMatchObject({ kind: 'none', reason: expect.stringContaining('memory') });
  });

  it('answers a pattern that is not valid with an issue', () => {
    const result = memorySource({}).options['~standard'].validate({ pattern: 'a[' });
    expect(result).toMatchObject({ issues: [{ message: expect.stringContaining('position 1'), path: ['pattern'] }] });
  });
});
