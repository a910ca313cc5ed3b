import { deepStrictEqual as equal, ok, strictEqual as same } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { CalveError, type ObjectSession } from '@calve/core/plugin';
import { type TestContext, testContext } from '../doubles/test-context.ts';
import { slowReader } from '../faults/slow-reader.ts';
import { ODD_NAMES, patternBytes, readAll } from './source-examples.ts';
import { type Connect, type DefineSourceCase, errorOf, unitsOf } from './source-world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const hasCode = (code: string, recovery: string) => (error: unknown) =>
  CalveError.is(error) && error.code === code && error.recovery.kind === recovery;

/** The cases of `open` and of the reader that it gives. */
export function defineReadingCases(define: DefineSourceCase): void {
  define('open: gives the bytes at any offset, short only at the end', async (world, connect, context) => {
    const content = patternBytes(3_000_003);
    await world.put('a.bin', content);
    const { reader } = await openOnly(connect, context);
    same(reader.sizeBytes, content.length);
    for (const [offset, length] of [
      [0, 1],
      [2_999_990, 13],
      [5, 2_999_000],
      [0, 3_000_003],
      [1_234_567, 70_000],
    ] as const) {
      const target = new Uint8Array(length);
      same(await reader.read(target, offset), length);
      ok(Buffer.from(target).equals(content.subarray(offset, offset + length)), `${length} bytes at ${offset}`);
    }
    const target = new Uint8Array(100).fill(7);
    same(await reader.read(target, content.length - 10), 10);
    ok(Buffer.from(target.subarray(0, 10)).equals(content.subarray(-10)));
    same(await reader.read(target, content.length), 0);
    same(await reader.read(new Uint8Array(0), 3), 0);
    await reader.verify();
    await reader.close();
  });

  define('open: reads of five bytes, and several readers at once, give the same', async (world, connect, context) => {
    const content = patternBytes(2003);
    await world.put('a.bin', content);
    const { session, unit, reader } = await openOnly(connect, context);
    const second = await session.open(unit, context);
    const both = await Promise.all([readAll(slowReader(reader), 64), readAll(slowReader(second), 7)]);
    for (const bytes of both) ok(Buffer.from(bytes).equals(content));
    await reader.close();
    await second.verify();
    await second.close();
  });

  define('open: an empty object has no bytes', async (world, connect, context) => {
    await world.put('empty.csv', new Uint8Array(0));
    const { unit, reader } = await openOnly(connect, context);
    same(unit.sizeBytes, 0);
    same(await reader.read(new Uint8Array(10), 0), 0);
    await reader.verify();
    await reader.close();
  });

  define('open: may be closed unread, and a stored unit opens in another session', async (world, connect, context) => {
    await world.put('a.csv', text('abc'));
    const { unit, reader } = await openOnly(connect, context);
    await reader.close();
    const later = await connect();
    const again = await later.open(JSON.parse(JSON.stringify(unit)), context);
    equal(await readAll(again, 10), text('abc'));
    await again.close();
  });

  define('open: exactly the listed version, or OBJECT_CHANGED', async (world, connect, context) => {
    await world.put('a.csv', text('first'), Date.UTC(2024, 0, 1));
    const before = await connect();
    const [unit] = await unitsOf(before);
    await world.put('a.csv', text('other'), Date.UTC(2024, 0, 2));
    for (const session of [before, await connect()]) {
      await versionOrError(() => session.open(unit!, context), text('first'), hasCode('OBJECT_CHANGED', 'replan'));
    }
  });

  define('open: a version that is gone is OBJECT_NOT_FOUND', async (world, connect, context) => {
    await world.put('a.csv', text('first'));
    const before = await connect();
    const [unit] = await unitsOf(before);
    await world.remove('a.csv');
    for (const session of [before, await connect()]) {
      await versionOrError(() => session.open(unit!, context), text('first'), hasCode('OBJECT_NOT_FOUND', 'replan'));
    }
  });

  define('verify: a pass over another version than the listed one is OBJECT_CHANGED', async (world, connect, context) => {
    const content = patternBytes(200_000);
    for (const next of [patternBytes(200_000, 9), patternBytes(100), patternBytes(300_000)]) {
      await world.put('a.bin', content, Date.UTC(2024, 0, 1));
      const { reader } = await openOnly(connect, context);
      const half = new Uint8Array(100_000);
      await reader.read(half, 0);
      await world.put('a.bin', next, Date.UTC(2024, 0, 2));
      const second = async () => {
        const rest = new Uint8Array(100_000);
        await reader.read(rest, 100_000);
        await reader.verify();
        return Buffer.concat([half, rest]);
      };
      try {
        ok((await second()).equals(content), 'verified bytes that are not the listed version');
      } catch (error) {
        if (!hasCode('OBJECT_CHANGED', 'replan')(error)) throw error;
      } finally {
        await reader.close();
      }
      await world.remove('a.bin');
    }
  });

  define('open: a unit of another place is refused', async (world, connect, context) => {
    await world.put('in/a.csv', text('inside'));
    const session = await connect();
    const [unit] = await unitsOf(session);
    const elsewhere = [
      'https://calve.invalid/a.csv',
      'file:///etc/passwd',
      unit!.place.replace(/[^/]*$/, '../../../../../../etc/passwd'),
      unit!.place.replace(/[^/]*$/, '%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd'),
      'no uri at all',
    ];
    for (const place of elsewhere) {
      const forged = { ...unit!, place, uri: place, key: unit!.key.replace(unit!.place, place) };
      await errorOf(() => session.open(forged, context));
    }
  });

  define('open: after an abort it gives a reader at once or throws CANCELLED, and so does read', async (world, connect) => {
    await world.put('a.csv', text('abc'));
    const session = await connect();
    const [unit] = await unitsOf(session);
    const whenAborted = async (before: boolean): Promise<void> => {
      const controller = new AbortController();
      if (before) controller.abort();
      const reader = await session.open(unit!, testContext({ signal: controller.signal }));
      try {
        controller.abort();
        equal(await readAll(reader, 10), text('abc'));
      } finally {
        await reader.close();
      }
    };
    for (const before of [true, false]) {
      await whenAborted(before).catch((error: unknown) => {
        ok(CalveError.is(error) && error.code === 'CANCELLED', `not CANCELLED: ${String(error)}`);
      });
    }
  });

  define('open: localPath, where there is one, is a file with the same bytes', async (world, connect, context) => {
    const content = patternBytes(100_000);
    await world.put('two words#1.bin', content);
    const { reader } = await openOnly(connect, context);
    if (reader.localPath !== undefined) ok((await readFile(reader.localPath)).equals(content));
    await reader.close();
  });

  define('odd names are listed and opened exactly', async (world, connect, context) => {
    for (const name of ODD_NAMES) await world.put(name, text(`content of ${name}`));
    const session = await connect();
    const contents: string[] = [];
    for (const unit of await unitsOf(session)) {
      same(new URL(unit.uri).href, unit.uri, 'the uri is not a normal URL');
      const reader = await session.open(unit, context);
      contents.push(new TextDecoder().decode(await readAll(reader, 100)));
      await reader.close();
    }
    equal(contents.sort(), ODD_NAMES.map((name) => `content of ${name}`).sort());
  });
}

async function openOnly(connect: Connect, context: TestContext) {
  const session = await connect();
  const [unit, ...others] = await unitsOf(session);
  if (!unit || others.length > 0) throw new TypeError('there is not exactly one object');
  return { session, unit, reader: await session.open(unit, context) };
}

/** A store that keeps versions gives the old one; any other has to say that it cannot. */
async function versionOrError(
  open: () => ReturnType<ObjectSession['open']>,
  content: Uint8Array,
  isExpected: (error: unknown) => boolean,
): Promise<void> {
  let reader: Awaited<ReturnType<ObjectSession['open']>>;
  try {
    reader = await open();
  } catch (error) {
    ok(isExpected(error), `unexpected error: ${String(error)}`);
    return;
  }
  try {
    equal(await readAll(reader, 100), content);
    await reader.verify();
  } finally {
    await reader.close();
  }
}
