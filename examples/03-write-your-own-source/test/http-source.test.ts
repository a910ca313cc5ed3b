import { mkdirSync, writeFileSync } from 'node:fs';
import { nodeEnvironment } from '@calve/core/node';
import type { ListPage, ObjectSession, ObjectUnit } from '@calve/core/plugin';
import { jumpingClock, testContext } from '@calve/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HttpOptionsInput, httpSource } from '../src/index.ts';
import { type FileServer, startFileServer } from './file-server.fixture.ts';

const controller = { current: new AbortController() };
let server: FileServer;

beforeEach(async () => {
  server = await startFileServer();
  controller.current = new AbortController();
});
afterEach(() => server[Symbol.asyncDispose]());

const contextOfTest = () =>
  testContext({ environment: { ...nodeEnvironment(), ...jumpingClock() }, signal: controller.current.signal });

async function connect(choice: Partial<HttpOptionsInput> = {}): Promise<ObjectSession> {
  const source = httpSource();
  const checked = await source.options['~standard'].validate({ url: server.url, ...choice });
  if (checked.issues) throw new TypeError(checked.issues.map(({ message }) => message).join('\n'));
  return (await source.connect(checked.value, contextOfTest())) as ObjectSession;
}

async function list(session: ObjectSession): Promise<ListPage> {
  const pages: ListPage[] = [];
  for await (const page of session.list({ signal: controller.current.signal })) pages.push(page);
  expect(pages).toHaveLength(1);
  return pages[0]!;
}

/** A file of 3 MB, listed and opened. */
async function openLarge() {
  await server.put('large.bin', new Uint8Array(3_000_000).fill(7));
  const session = await connect();
  const unit = (await list(session)).units[0]!;
  server.requests.length = 0;
  return { unit, reader: await session.open(unit, contextOfTest()) };
}

it('guards every request for bytes with the ETag, and asks for the part that is read', async () => {
  const { unit, reader } = await openLarge();
  expect(await reader.read(new Uint8Array(10), 0)).toBe(10);
  expect(await reader.read(new Uint8Array(10), 2_999_995)).toBe(5);
  await reader.close();
  const gets = server.requests.filter(({ method }) => method === 'GET');
  expect(gets.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=2999995-']);
  for (const { headers } of gets) {
    expect(headers['if-match']).toBe(unit.version);
    // Where a range is asked for, fetch adds "identity" by itself.
    expect(headers['accept-encoding']).toMatch(/^identity(, identity)?$/);
  }
});

it('goes on behind the last byte when the connection is lost', async () => {
  const { reader } = await openLarge();
  await reader.read(new Uint8Array(10), 0);
  server.once.set('large.bin', ['destroy', { status: 503 }]);
  const rest = new Uint8Array(1000);
  expect(await reader.read(rest, 2_900_000)).toBe(1000);
  expect(rest.every((byte) => byte === 7)).toBe(true);
  expect(server.once.get('large.bin')).toEqual([]);
  await reader.close();
});

it('gives up when the server stays away, and says that it may be tried again', async () => {
  server.always.set('', { status: 502 });
  await expect(connect()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', recovery: { kind: 'retry' } });
  expect(server.requests).toHaveLength(4);
});

it('does not read on in a file that was replaced', async () => {
  const { reader } = await openLarge();
  await server.put('large.bin', new Uint8Array(3_000_000).fill(8));
  await expect(reader.read(new Uint8Array(10), 0)).rejects.toMatchObject({
    code: 'OBJECT_CHANGED',
    recovery: { kind: 'replan' },
  });
  await reader.close();
});

it.each([401, 403])('connect: status %d is a matter of access', async (status) => {
  server.always.set('', { status });
  await expect(connect()).rejects.toMatchObject({ code: 'SOURCE_ACCESS_DENIED', recovery: { kind: 'fix-access' } });
});

it('follows a redirect to the same server, and none to another one', async () => {
  await server.put('a.csv', 'a\n1\n');
  await server.put('moved/a.csv', 'a\n1\n');
  server.always.set('a.csv', { status: 302, headers: { location: 'moved/a.csv' } });
  const session = await connect({ recursive: false });
  expect((await list(session)).units.map(({ sizeBytes }) => sizeBytes)).toEqual([4]);
  server.always.set('a.csv', { status: 302, headers: { location: 'https://example.org/login?token=hidden' } });
  const [left] = (await list(session)).unreadable ?? [];
  expect(left?.error).toMatchObject({ code: 'HTTP_REDIRECT_REFUSED', context: { origin: 'https://example.org' } });
  expect(JSON.stringify(left)).not.toContain('hidden');
});

it('refuses a page that is no index, or not a whole one', async () => {
  server.always.set('', { status: 200, headers: { 'content-type': 'application/json' } });
  await expect(connect()).rejects.toMatchObject({ code: 'HTTP_NO_INDEX', recovery: { kind: 'fix-input' } });
  server.always.set('', { status: 200, headers: { 'content-type': 'text/html' } });
  await expect(connect()).rejects.toMatchObject({ code: 'HTTP_NO_INDEX' });
});

it.each(['https://user:hunter2@example.org/', 'https://example.org/?signature=hunter2', 'ftp://example.org/'])(
  'refuses the URL %s without repeating it',
  async (url) => {
    const refused = connect({ url });
    await expect(refused).rejects.toThrow('http or https URL');
    await expect(refused).rejects.not.toThrow('hunter2');
  },
);

it('enters only the folders in which the pattern can match', async () => {
  for (const name of ['2023/a.csv', '2024/a.csv', '.git/a.csv']) await server.put(name, 'a\n');
  const { units, skipped } = await list(await connect({ pattern: '2024/*.csv' }));
  expect(units.map(({ place }) => place)).toEqual([`${server.url}2024/a.csv`]);
  expect(skipped.map(({ uri, kind }) => [uri.slice(server.url.length), kind])).toEqual([
    ['.git/', 'hidden'],
    ['2023/', 'directory'],
  ]);
  expect((await list(await connect({ recursive: false }))).skipped.map(({ kind }) => kind)).toEqual([
    'hidden',
    'directory',
    'directory',
  ]);
});

it('finds a file again whose name is no text', async () => {
  mkdirSync(server.folder, { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${server.folder}/`), Buffer.from([0x66, 0xff])]), 'x');
  server.always.set('', { status: 200 });
  const page = '<html><a href="f%FF">f</a></html>';
  const source = httpSource({
    fetch: async (input, init) => {
      const headers = { 'content-type': 'text/html', 'last-modified': new Date(0).toUTCString() };
      if (String(input) === server.url) return new Response(page, { headers });
      expect(String(input)).toBe(`${server.url}f%FF`);
      return new Response(init?.method === 'HEAD' ? null : 'x', { headers: { ...headers, 'content-length': '1' } });
    },
  });
  const session = (await source.connect({ url: server.url, pattern: '**', recursive: true }, contextOfTest())) as ObjectSession;
  const unit: ObjectUnit = (await list(session)).units[0]!;
  expect(unit.place).toBe(`${server.url}f%FF`);
  await (await session.open(unit, contextOfTest())).close();
});

it('calls an abort CANCELLED, whatever its reason', async () => {
  const { reader } = await openLarge();
  await reader.read(new Uint8Array(10), 0);
  controller.current.abort(new RangeError('a reason of the host'));
  await expect(Promise.resolve(reader.read(new Uint8Array(10), 2_999_000))).rejects.toMatchObject({ code: 'CANCELLED' });
  await reader.close();
});
