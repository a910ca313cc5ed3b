import { deepStrictEqual as equal, ok, strictEqual as same } from 'node:assert';
import { errorData, type ObjectUnit } from '@calve/core/plugin';
import { assertOptionsAreChecked, assertOptionsAreStable, assertOptionsNeverThrow } from './plugin-checks.ts';
import { readAll } from './source-examples.ts';
import { connectWith, type DefineSourceCase, errorOf, pagesOf, requireOf, unitsOf } from './source-world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const UNREACHABLE = ['SOURCE_NOT_FOUND', 'SOURCE_ACCESS_DENIED', 'SOURCE_UNAVAILABLE'];

/** The cases of the plugin itself, of `connect` and of what every session does. */
export function defineSessionCases(define: DefineSourceCase): void {
  define('plugin: speaks source/1, and its options are checked at once', async ({ source, options }) => {
    same(source.contract, 'source/1');
    assertOptionsAreChecked(source, options({}));
  });

  define('plugin: checked options are plain JSON, and checking them again changes nothing', async ({ source, options }) => {
    assertOptionsAreStable(source, options({ pattern: '*.csv' }));
  });

  define('plugin: whatever stands in the options, the check lists issues and throws nothing', async ({ source, options }) => {
    assertOptionsNeverThrow(source, options({}));
  });

  define('connect: a place that does not exist is SOURCE_NOT_FOUND', async (world, _connect, context) => {
    const error = await errorOf(() => connectWith(world, requireOf(world.missing, 'missing'), context));
    same(error.code, 'SOURCE_NOT_FOUND');
    same(error.recovery.kind, 'fix-input');
  });

  define('session: has nothing to report, and tells how other engines reach the data', async (_world, connect) => {
    const session = await connect();
    equal(await session.check(), []);
    const access = session.externalAccess();
    equal(JSON.parse(JSON.stringify(access)), access);
    ok(access.kind === 'spark' ? access.uri.includes(':') : access.reason.length > 0);
  });

  define('session: check changes nothing', async (world, connect) => {
    await world.put('a.csv', text('a'));
    const session = await connect();
    const before = await unitsOf(session);
    await session.check();
    equal(await unitsOf(session), before);
    equal(await unitsOf(await connect()), before);
  });

  define('session: calls may be concurrent until close', async (world, connect, context) => {
    for (let index = 0; index < 12; index++) await world.put(`f${index}.csv`, text(`content ${index}`));
    const session = await connect();
    const units = await unitsOf(session);
    const read = async (unit: ObjectUnit): Promise<string> => {
      const reader = await session.open(unit, context);
      try {
        const content = await readAll(reader, 4);
        await reader.verify();
        return new TextDecoder().decode(content);
      } finally {
        await reader.close();
      }
    };
    const [listed, findings, ...contents] = await Promise.all([unitsOf(session), session.check(), ...units.map(read)]);
    equal(listed, units);
    equal(findings, []);
    equal([...contents].sort(), Array.from({ length: 12 }, (_, index) => `content ${index}`).sort());
  });

  define('session: closed without a call, it is closed', async (_world, connect) => {
    await connect();
  });

  define('close: sessions and readers close after a failure too', async (world, connect, context) => {
    await world.put('a.csv', text('a'), Date.UTC(2024, 0, 1));
    const session = await connect();
    const [unit] = await unitsOf(session);
    const reader = await session.open(unit!, context);
    await world.put('a.csv', text('other'), Date.UTC(2024, 0, 2));
    await reader.verify().catch((error: unknown) => errorData(error));
    await reader.close();
  });

  define('a broken storage: listing throws instead of ending early', async (world, connect) => {
    for (const name of ['a.csv', 'b/c.csv']) await world.put(name, text(name));
    const session = await connect();
    await requireOf(world.breakStorage, 'breakStorage')();
    const error = await errorOf(() => pagesOf(session));
    ok(UNREACHABLE.includes(error.code), `${error.code} is none of ${UNREACHABLE.join(', ')}`);
    ok(error.recovery.kind !== 'report', 'the user is asked to report a defect');
    const [finding] = await session.check();
    same(finding?.severity, 'error', 'check finds nothing wrong');
  });

  define('secrets: are asked for by name, and appear in nothing that is stored or shown', async (world, connect, context) => {
    await world.put('a.csv', text('a'));
    await world.put('_hidden.csv', text('h'));
    const session = await connect();
    const pages = await pagesOf(session);
    const [unit] = pages.flatMap((page) => page.units);
    const shown: unknown[] = [pages, session.externalAccess(), await session.check(), context.reports, world.options({})];
    shown.push(errorData(await errorOf(() => session.open({ ...unit!, place: `${unit!.place}-not-listed` }, context))));
    if (world.missing !== undefined) {
      shown.push(errorData(await errorOf(() => connectWith(world, world.missing, context))));
    }
    if (world.breakStorage) {
      await world.breakStorage();
      shown.push(errorData(await errorOf(() => pagesOf(session))), await session.check());
    }
    const words = JSON.stringify(shown);
    for (const [name, value] of Object.entries(world.secrets ?? {})) {
      ok(!words.includes(JSON.stringify(value).slice(1, -1)), `the value of the secret "${name}" is shown`);
    }
  });
}
