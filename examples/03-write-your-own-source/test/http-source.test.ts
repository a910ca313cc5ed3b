import { nodeEnvironment } from '@calve/core/node';
import type { ByteReader, ListPage, ObjectSession } from '@calve/core/plugin';
import { jumpingClock, testContext } from '@calve/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { httpSource } from '../src/index.ts';
import { type FileServer, startFileServer } from './file-server.fixture.ts';

let server: FileServer;
let aborting: AbortController;

beforeEach(async () => {
  server = await startFileServer();
  aborting = new AbortController();
});
afterEach(() => server.stop());

const contextOfTest = () => testContext({ environment: { ...nodeEnvironment(), ...jumpingClock() }, signal: aborting.signal });

async function connect(choice: { url?: string; pattern?: string } = {}): Promise<ObjectSession> {
  const source = httpSource();
  const checked = await source.options['~standard'].validate({ url: server.url, ...choice });
  if (checked.issues) throw new TypeError(checked.issues.map(({ message }) => message).join('\n'));
  return (await source.connect(checked.value, contextOfTest())) as ObjectSession;
}

async function listOnly(session: ObjectSession): Promise<ListPage> {
  const pages: ListPage[] = [];
  for await (const page of session.list({ signal: aborting.signal })) pages.push(page);
  expect(pages).toHaveLength(1);
  return pages[0]!;
}

/** A file of 3 MB, listed and opened; what that asked of the server is forgotten. */
async function openLarge(): Promise<ByteReader> {
  await server.put('large.bin', new Uint8Array(3_000_000).fill(7));
  const session = await connect();
  const reader = await session.open((await listOnly(session)).units[0]!, contextOfTest());
  server.requests.length = 0;
  return reader;
}

it('asks for the part that is read, and goes on behind the last byte when the connection is lost', async () => {
  const reader = await openLarge();
  server.once.set('large.bin', ['cut', { status: 503 }]);
  const target = new Uint8Array(2_000_000);
  expect(await reader.read(target, 1_000_000)).toBe(2_000_000);
  expect(target.every((byte) => byte === 7)).toBe(true);
  expect(server.requests).toEqual([
    'GET large.bin bytes=1000000-2999999',
    expect.stringMatching(/^GET large.bin bytes=[12]\d{6}-2999999$/),
    expect.stringMatching(/^GET large.bin bytes=[12]\d{6}-2999999$/),
  ]);
  expect(server.requests[1]).toBe(server.requests[2]);
  await reader.close();
});

it('does not read on in a file that was replaced', async () => {
  const reader = await openLarge();
  await server.put('large.bin', new Uint8Array(3_000_000).fill(8));
  const failed = { code: 'OBJECT_CHANGED', recovery: { kind: 'replan' } };
  await expect(Promise.resolve(reader.read(new Uint8Array(10), 2_000_000))).rejects.toMatchObject(failed);
  await reader.close();
});

it('calls an abort CANCELLED, whatever its reason', async () => {
  const reader = await openLarge();
  await reader.read(new Uint8Array(10), 0);
  aborting.abort(new RangeError('a reason of the host'));
  await expect(Promise.resolve(reader.read(new Uint8Array(10), 2_999_000))).rejects.toMatchObject({ code: 'CANCELLED' });
  await reader.close();
});

it.each([
  [401, 'SOURCE_ACCESS_DENIED', 'fix-access'],
  [404, 'SOURCE_NOT_FOUND', 'fix-input'],
  [503, 'SOURCE_UNAVAILABLE', 'retry'],
  [302, 'SOURCE_REFUSED', 'fix-input'],
] as const)('an index page with the status %d is %s', async (status, code, recovery) => {
  server.always.set('', { status, headers: { location: 'https://example.org/?token=hidden' } });
  const refused = connect();
  await expect(refused).rejects.toMatchObject({ code, recovery: { kind: recovery } });
  await expect(refused).rejects.not.toThrow('hidden');
});

it('refuses a page that is no index, and a file without a date', async () => {
  await server.put('generated.csv', 'a\n1\n');
  server.always.set('generated.csv', { status: 200 });
  expect((await listOnly(await connect())).unreadable).toMatchObject([{ error: { code: 'SOURCE_REFUSED' } }]);
  server.always.set('', { status: 200, headers: { 'content-type': 'application/json' } });
  await expect(connect()).rejects.toMatchObject({ code: 'SOURCE_REFUSED', recovery: { kind: 'fix-input' } });
});

it.each(['https://user:hunter2@example.org/', 'https://example.org/?signature=hunter2', 'ftp://hunter2.example.org/'])(
  'refuses the URL %s without repeating it',
  async (url) => {
    const refused = connect({ url });
    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.not.toThrow('hunter2');
  },
);
