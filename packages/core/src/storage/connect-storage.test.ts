import { beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ListPage, ListRequest } from '../source/source.ts';
import { connectStorage } from './connect-storage.ts';
import { lostConnection, MemoryStorage, sleepless } from './memory-storage.fixture.ts';
import { statusError } from './status-error.ts';

let storage: MemoryStorage;
const { signal } = new AbortController();
const context = { environment: sleepless().environment, signal } as CallContext;

beforeEach(() => {
  storage = new MemoryStorage();
});

async function pages(pattern = '**', request: Partial<ListRequest> = {}): Promise<ListPage[]> {
  const session = await connectStorage(storage, pattern, context);
  const all: ListPage[] = [];
  for await (const page of session.list({ signal, ...request })) all.push(page);
  return all;
}

const names = (objects: readonly { uri: string }[] = []): string[] => objects.map(({ uri }) => uri.slice(storage.root.length));

describe('connecting', () => {
  it.each([
    [statusError(404, 'memory://test/'), 'SOURCE_NOT_FOUND', 'fix-input'],
    [statusError(403, 'memory://test/'), 'SOURCE_ACCESS_DENIED', 'fix-access'],
    [new RangeError('a defect'), 'INTERNAL', 'report'],
  ] as const)('%s is %s, and the storage is closed', async (failure, code, recovery) => {
    storage.failures.set(`list ${storage.root}`, [failure]);
    await expect(connectStorage(storage, '**', context)).rejects.toMatchObject({ code, recovery: { kind: recovery } });
    expect(storage.isClosed).toBe(true);
  });

  it('lives through a short failure, and closes the storage with the session', async () => {
    storage.failures.set(`list ${storage.root}`, [lostConnection(), lostConnection()]);
    const session = await connectStorage(storage, '**', context);
    expect(await session.check()).toEqual([]);
    storage.failures.set(`list ${storage.root}`, [statusError(401, storage.root)]);
    expect(await session.check()).toMatchObject([{ code: 'SOURCE_ACCESS_DENIED', severity: 'error' }]);
    expect(storage.isClosed).toBe(false);
    await session.close();
    expect(storage.isClosed).toBe(true);
  });
});

describe('listing', () => {
  it('enters the folders in which the pattern can match, and says which it leaves out', async () => {
    storage.hasFolders = true;
    for (const name of ['2023/a.csv', '2024/a.csv', '2024/_tmp/b.csv', '.git/c.csv', 'd.csv']) storage.put(name, 'x');
    const [page] = await pages('2024/*.csv');
    expect(names(page?.units)).toEqual(['2024/a.csv']);
    expect(page?.skipped.map(({ uri, kind }) => [uri.slice(storage.root.length), kind])).toEqual([
      ['.git/', 'hidden'],
      ['2023/', 'directory'],
      ['2024/_tmp/', 'hidden'],
      ['d.csv', 'pattern'],
    ]);
    expect(storage.calls).not.toContain(`list ${storage.root}2023/`);
  });

  it('goes on beside a folder that may not be entered, and beside one that disappears', async () => {
    storage.hasFolders = true;
    for (const name of ['denied/a.csv', 'gone/a.csv', 'open/a.csv']) storage.put(name, 'x');
    storage.failures.set(`list ${storage.root}denied/`, [statusError(403, `${storage.root}denied/`)]);
    storage.failures.set(`list ${storage.root}gone/`, [statusError(404, `${storage.root}gone/`)]);
    const [page] = await pages();
    expect(names(page?.units)).toEqual(['open/a.csv']);
    expect(page?.unreadable).toMatchObject([{ uri: `${storage.root}denied/`, error: { code: 'SOURCE_ACCESS_DENIED' } }]);
  });

  it('asks for nothing more where the listing tells it all', async () => {
    storage.hasFacts = true;
    storage.put('b.csv', 'x');
    storage.put('a.csv', 'y');
    const [page] = await pages();
    expect(page?.units.map(({ fingerprint }) => fingerprint)).toEqual([
      `1-sum of ${storage.root}a.csv`,
      `1-sum of ${storage.root}b.csv`,
    ]);
    expect(storage.calls.filter((call) => !call.startsWith('list'))).toEqual([]);
  });

  it('has the same fingerprint with and without ranges, of which only the beginning is read', async () => {
    storage.put('large.bin', new Uint8Array(500_000).fill(3), 'one');
    const [ranged] = await pages();
    storage.hasRanges = false;
    const [whole] = await pages();
    expect(whole?.units).toEqual(ranged?.units);
    expect(storage.calls.filter((call) => call.startsWith('read'))).toHaveLength(2);
    expect(storage.calls.at(-1)).toBe(`leave ${storage.root}large.bin`);
  });

  it('leaves an object out that disappears meanwhile, and one that changes to the next run', async () => {
    for (const name of ['changes.csv', 'gone.csv', 'stays.csv']) storage.put(name, 'x');
    storage.failures.set(`read ${storage.root}changes.csv 0`, [statusError(412, `${storage.root}changes.csv`)]);
    storage.failures.set(`describe ${storage.root}gone.csv`, [statusError(404, `${storage.root}gone.csv`)]);
    const [page] = await pages();
    expect(names(page?.units)).toEqual(['stays.csv']);
    expect(page?.unreadable).toMatchObject([{ uri: `${storage.root}changes.csv`, error: { code: 'OBJECT_CHANGED' } }]);
  });

  it('tells one object that is unavailable from a storage that is', async () => {
    storage.put('a.csv', 'x');
    storage.put('b.csv', 'x');
    const broken = (): unknown[] => Array.from({ length: 4 }, () => statusError(500, `${storage.root}a.csv`));
    storage.failures.set(`describe ${storage.root}a.csv`, broken());
    const [page] = await pages();
    expect(names(page?.units)).toEqual(['b.csv']);
    expect(page?.unreadable).toMatchObject([{ error: { code: 'SOURCE_UNAVAILABLE' } }]);
    storage.failures.set(`describe ${storage.root}a.csv`, broken());
    // Connecting and the listing itself go well; then the storage is away.
    const away = Array.from({ length: 4 }, lostConnection);
    storage.failures.set(`list ${storage.root}`, [undefined, undefined, ...away]);
    await expect(pages()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', context: { uri: storage.root } });
  });

  it('ends with a defect of the storage', async () => {
    storage.put('a.csv', 'x');
    storage.failures.set(`describe ${storage.root}a.csv`, [new RangeError('a defect')]);
    await expect(pages()).rejects.toMatchObject({ code: 'INTERNAL', recovery: { kind: 'report' } });
  });

  it('gives full pages, of which the last one is never empty behind a cursor', async () => {
    for (let index = 0; index < 2000; index++) storage.put(`${index}.csv`, '');
    storage.hasFacts = true;
    const all = await pages();
    expect(all.map(({ units }) => units.length)).toEqual([1000, 1000]);
    const [rest, ...none] = await pages('**', { cursor: all[0]!.cursor! });
    expect(none).toEqual([]);
    expect(rest).toEqual(all[1]);
  });
});

describe('opening', () => {
  it('refuses a place that is not inside the root, or not written as a URL is', async () => {
    storage.put('in/a.csv', 'x');
    const session = await connectStorage(storage, '**', context);
    const [unit] = (await pages())[0]!.units;
    storage.calls.length = 0;
    for (const place of [
      'memory://testing/in/a.csv',
      'memory://other/in/a.csv',
      `${storage.root}../a.csv`,
      `${storage.root}in/%2e%2E/a.csv`,
      `${storage.root}in/..%2F..%2Fa.csv`,
      `${storage.root}in/..%5Ca.csv`,
      `${storage.root}in/a.csv?download=/etc/passwd`,
      `${storage.root}in/a.csv#x`,
      `${storage.root}in/a b.csv`,
      'in/a.csv',
    ]) {
      const opening = session.open({ ...unit!, place }, context);
      await expect(opening, place).rejects.toSatisfy((error) => CalveError.is(error) && error.code === 'OPTIONS_INVALID');
    }
    expect(storage.calls).toEqual([]);
  });

  it('refuses a version that is not there any more before a byte is read', async () => {
    storage.put('a.csv', 'x', 'one');
    const session = await connectStorage(storage, '**', context);
    const [unit] = (await pages())[0]!.units;
    storage.put('a.csv', 'y', 'two');
    await expect(session.open(unit!, context)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });
});
