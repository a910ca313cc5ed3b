import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { lostConnection, MemoryStorage, sleepless } from './memory-storage.fixture.ts';
import { storageReader } from './storage-reader.ts';

const content = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7) % 251);
let storage: MemoryStorage;
let place: string;

beforeEach(() => {
  storage = new MemoryStorage();
  place = storage.put('a.bin', content, 'one');
});

function reader(sizeBytes = content.length, signal = new AbortController().signal) {
  const { environment } = sleepless();
  return storageReader(storage, { place, uri: place, version: 'one', sizeBytes }, { environment, signal });
}

async function bytesAt(from: ReturnType<typeof reader>, offset: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(length);
  return target.subarray(0, await from.read(target, offset));
}

describe('a reader of a storage', () => {
  it('gives the bytes at any offset, with or without ranges, however the answers are cut and lost', async () => {
    const read = fc.record({ offset: fc.nat(11_000), length: fc.nat(4000), loses: fc.boolean() });
    const world = fc.record({ chunkBytes: fc.integer({ min: 1, max: 5000 }), hasRanges: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(read, { maxLength: 8 }), world, async (reads, { chunkBytes, hasRanges }) => {
        Object.assign(storage, { chunkBytes, hasRanges });
        const from = reader();
        for (const { offset, length, loses } of reads) {
          let isLost = !loses;
          storage.beforeChunk = () => {
            if (isLost) return;
            isLost = true;
            throw lostConnection();
          };
          expect(await bytesAt(from, offset, length)).toEqual(content.subarray(offset, offset + length));
        }
        await from.close();
      }),
      { numRuns: 60 },
    );
  });

  it('asks once for reads that go forward, and for nothing before the first or at the end', async () => {
    const from = reader();
    expect(storage.calls).toEqual([]);
    for (let offset = 0; offset < 10_000; offset += 700) await bytesAt(from, offset, 700);
    expect(await bytesAt(from, 10_000, 700)).toHaveLength(0);
    expect(await bytesAt(from, 3, 0)).toHaveLength(0);
    expect(storage.calls).toEqual([`read ${place} 0`]);
    await from.close();
  });

  it('goes on behind the last byte when the connection is lost', async () => {
    let isLost = false;
    storage.beforeChunk = (_place, offset) => {
      if (offset < 4000 || isLost) return;
      isLost = true;
      throw lostConnection();
    };
    expect(await bytesAt(reader(), 500, 9500)).toEqual(content.subarray(500));
    expect(storage.calls.filter((call) => call.startsWith('read'))).toEqual([`read ${place} 500`, `read ${place} 4500`]);
  });

  it('asks anew far ahead, but only of a storage with ranges', async () => {
    const large = new Uint8Array(3_000_000);
    place = storage.put('large.bin', large, 'one');
    storage.chunkBytes = 100_000;
    const asks = async (): Promise<string[]> => {
      storage.calls.length = 0;
      const from = reader(large.length);
      for (const offset of [0, 1_500_000, 2_990_000]) await bytesAt(from, offset, 10);
      await from.close();
      return storage.calls.filter((call) => call.startsWith('read')).map((call) => call.split(' ')[2]!);
    };
    expect(await asks()).toEqual(['0', '1500000', '2990000']);
    storage.hasRanges = false;
    // The second shows that there are none.
    expect(await asks()).toEqual(['0', '1500000']);
  });

  it('gives no byte of another version, and leaves the answer', async () => {
    storage.put('a.bin', content.toReversed(), 'two');
    const target = new Uint8Array(100);
    await expect(reader().read(target, 0)).rejects.toMatchObject({ code: 'OBJECT_CHANGED', recovery: { kind: 'replan' } });
    expect(target).toEqual(new Uint8Array(100));
  });

  it('takes a content that ends early for a change', async () => {
    storage.hasRanges = false;
    await expect(bytesAt(reader(10_001), 9_990, 100)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });

  it('verifies the version that is there now', async () => {
    const from = reader();
    await from.verify();
    storage.put('a.bin', content, 'two');
    await expect(from.verify()).rejects.toMatchObject({ code: 'OBJECT_CHANGED', context: { version: 'one' } });
    storage.objects.clear();
    await expect(from.verify()).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  it('gives an answer back that it does not read to its end', async () => {
    const from = reader();
    await bytesAt(from, 0, 1);
    await from.close();
    expect(storage.calls).toEqual([`read ${place} 0`, `leave ${place}`]);
  });

  it('reads nothing after an abort', async () => {
    const controller = new AbortController();
    const from = reader(content.length, controller.signal);
    await bytesAt(from, 0, 1);
    controller.abort();
    await expect(bytesAt(from, 1, 1)).rejects.toMatchObject({ code: 'CANCELLED' });
    await from.close();
  });
});
