import { memorySource } from '@calve/core';
import { type ByteReader, CalveError, type ObjectSession, type SourcePlugin } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import {
  bytesReader,
  changingReader,
  failingReader,
  failingSource,
  jumpingClock,
  manualClock,
  slowReader,
  slowSource,
  testContext,
} from '../src/index.ts';

const content = new TextEncoder().encode('hello, slow world');
const denied = new CalveError('SOURCE_ACCESS_DENIED', 'no', { recovery: 'fix-access' });

describe.each([false, true])('slowReader over reads that answer with a Promise: %s', (isAsync) => {
  it('asks for five bytes at a time, never more, and gives what was asked for', async () => {
    const inner = bytesReader(content, { isAsync });
    const asked: number[] = [];
    const reader = slowReader({
      ...inner,
      read(target, offset) {
        asked.push(target.length);
        return inner.read(target, offset);
      },
    });
    const target = new Uint8Array(100);
    expect(await reader.read(target, 0)).toBe(17);
    expect(target.subarray(0, 17)).toEqual(content);
    expect(await reader.read(target.subarray(0, 7), 3)).toBe(7);
    expect(await reader.read(new Uint8Array(0), 3)).toBe(0);
    expect(asked).toEqual([5, 5, 5, 5, 5, 2]);
  });
});

describe.each([false, true])('failingReader over reads that answer with a Promise: %s', (isAsync) => {
  it('gives everything before the place, and throws from there on', async () => {
    const reader = failingReader(bytesReader(content, { isAsync }), 10, denied);
    const target = new Uint8Array(10);
    expect(await reader.read(target, 0)).toBe(10);
    expect(target).toEqual(content.subarray(0, 10));
    for (const [offset, length] of [
      [0, 11],
      [10, 1],
      [15, 5],
    ] as const) {
      await expect(async () => reader.read(new Uint8Array(length), offset)).rejects.toBe(denied);
    }
  });

  it('fails in a way that may pass unless told otherwise', async () => {
    const reader = failingReader(bytesReader(content, { isAsync }), 0);
    const fails = expect(async () => reader.read(new Uint8Array(1), 0));
    await fails.rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', recovery: { kind: 'retry' } });
  });
});

describe.each([false, true])('changingReader over reads that answer with a Promise: %s', (isAsync) => {
  it('gives other bytes from the place on, and verify tells', async () => {
    const reader = changingReader(bytesReader(content, { isAsync }), 5);
    const target = new Uint8Array(10);
    await reader.read(target.subarray(0, 5), 0);
    await reader.verify();
    expect(await reader.read(target, 0)).toBe(10);
    expect(target.subarray(0, 5)).toEqual(content.subarray(0, 5));
    for (let at = 5; at < 10; at++) expect(target[at]).not.toBe(content[at]);
    await expect(reader.verify()).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });
});

describe('failingSource', () => {
  const files = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`${at}.csv`, `content ${at}`]));

  it('without faults is the source that it was given', async () => {
    const session = await connect(failingSource(memorySource(files), {}));
    expect(await unitsOf(session)).toHaveLength(2500);
    await session.close();
  });

  it.each([0, 1, 2, 3])('breaks a listing off after %d pages', async (afterPages) => {
    const source = failingSource(memorySource(files), { list: { afterPages, error: denied } });
    const session = await connect(source);
    let pages = 0;
    const list = async () => {
      for await (const _page of session.list({ signal: new AbortController().signal })) pages += 1;
    };
    await expect(list()).rejects.toBe(denied);
    expect(pages).toBe(afterPages);
  });

  it('fails to connect, to open one object, to read it, and to close', async () => {
    await expect(connect(failingSource(memorySource({}), { connect: denied }))).rejects.toBe(denied);
    const session = await connect(
      failingSource(memorySource({ 'a.csv': 'a', 'b.csv': 'b' }), {
        open: ({ uri }) => (uri.endsWith('a.csv') ? denied : null),
        reader: (reader) => failingReader(reader, 0, denied),
        close: denied,
      }),
    );
    const [a, b] = await unitsOf(session);
    await expect(session.open(a!, testContext())).rejects.toBe(denied);
    const reader = await session.open(b!, testContext());
    await expect(async () => reader.read(new Uint8Array(1), 0)).rejects.toBe(denied);
    await reader.close();
    await expect(session.close()).rejects.toBe(denied);
  });
});

describe('slowSource', () => {
  it('waits on its clock for pages, opening and reads', async () => {
    const clock = manualClock(0);
    const session = await connect(slowSource(memorySource({ 'a.csv': 'abc' }), clock, { page: 100, open: 20, read: 3 }));
    const done = read(session);
    await clock.advance(99);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1000);
    expect(await done).toBe('abc');
    expect(clock.sleepers).toBe(0);
  });

  it('ends a wait when the signal is aborted', async () => {
    const clock = manualClock();
    const session = await connect(slowSource(memorySource({ 'a.csv': 'abc' }), clock, { page: 1000 }));
    const controller = new AbortController();
    const next = session.list({ signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort();
    await expect(next).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('jumpingClock', () => {
  it('takes no time, and it is later all the same', async () => {
    const clock = jumpingClock(0);
    await clock.sleep(3_600_000);
    expect(clock.now()).toBe(3_600_000);
    await Promise.all([clock.sleep(500), clock.sleep(200), clock.sleep(0)]);
    expect(clock.now()).toBe(3_600_500);
  });

  it('cancels', async () => {
    const controller = new AbortController();
    const sleeping = jumpingClock().sleep(10, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(jumpingClock().sleep(10, controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

async function connect<Output, Input>(source: SourcePlugin<Output, Input>): Promise<ObjectSession> {
  return (await source.connect({ pattern: '**' } as Output, testContext())) as ObjectSession;
}

async function unitsOf(session: ObjectSession) {
  const units = [];
  for await (const page of session.list({ signal: new AbortController().signal })) units.push(...page.units);
  return units;
}

async function read(session: ObjectSession): Promise<string> {
  const [unit] = await unitsOf(session);
  const reader: ByteReader = await session.open(unit!, testContext());
  const target = new Uint8Array(10);
  const count = await reader.read(target, 0);
  await reader.close();
  await session.close();
  return new TextDecoder().decode(target.subarray(0, count));
}
