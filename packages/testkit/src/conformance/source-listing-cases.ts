import { deepStrictEqual as equal, ok, strictEqual as same } from 'node:assert';
import { patternBytes } from './source-examples.ts';
import { type DefineSourceCase, errorOf, pagesOf, requireOf, unitsOf } from './source-world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The cases of `list`. */
export function defineListingCases(define: DefineSourceCase): void {
  define('list: nothing there is one page that tells where was searched', async (_world, connect) => {
    const pages = await pagesOf(await connect());
    same(pages.length, 1);
    equal(pages[0]?.units, []);
    same(pages[0]?.cursor, undefined);
    ok(pages[0]?.searched && pages[0].searched.root.length > 0);
    same(pages[0].searched.excludedByPattern, 0);
  });

  define('list: every object once, with what is known of it, as plain JSON', async (world, connect) => {
    await world.put('a.csv', text('a'), Date.UTC(2024, 1, 3, 4, 5, 6));
    await world.put('b/c.csv', text('bcd'));
    const units = await unitsOf(await connect());
    same(units.length, 2);
    equal(
      units.map((unit) => unit.sizeBytes),
      [1, 3],
    );
    same(units[0]?.kind, 'object');
    ok(units.every((unit) => new URL(unit.uri).href.length > 0 && unit.version.length > 0 && unit.place.length > 0));
    same(new Set(units.map((unit) => unit.key)).size, 2);
    same(units[0]?.modifiedAt, '2024-02-03T04:05:06.000Z');
    equal(JSON.parse(JSON.stringify(units)), units);
  });

  define('list: ordered by place, in code unit order', async (world, connect) => {
    for (const name of ['b', 'a', 'a!b', 'a-x', 'a0', 'd/x', 'd!', 'd0', 'Z', 'é', 'z', '😀', '～', 'd/sub/y', 'd-/y']) {
      await world.put(name, text(name));
    }
    const places = (await unitsOf(await connect())).map((unit) => unit.place);
    same(places.length, 15);
    equal(places, [...places].sort());
  });

  define('list: the same objects have the same identity in every session', async (world, connect) => {
    await world.put('a.csv', text('a'));
    await world.put('b.csv', text('b'));
    const first = await connect();
    equal(await unitsOf(await connect()), await unitsOf(first));
    equal(await unitsOf(first), await unitsOf(first));
  });

  define('list: other content is another version of the same place', async (world, connect) => {
    await world.put('a.csv', text('one'), Date.UTC(2024, 0, 1));
    const [before] = await unitsOf(await connect());
    await world.put('a.csv', text('two'), Date.UTC(2024, 0, 2));
    const [after] = await unitsOf(await connect());
    same(after?.place, before?.place);
    for (const part of ['key', 'fingerprint', 'version'] as const) ok(after?.[part] !== before?.[part], part);
  });

  define('list: equal content has an equal fingerprint under any name', async (world, connect) => {
    const content = patternBytes(300_000);
    await world.put('a.csv', content);
    await world.put('b.csv', content, Date.UTC(2020, 0, 1));
    const [a, b] = await unitsOf(await connect());
    same(a?.fingerprint, b?.fingerprint);
    ok(a?.key !== b?.key && a?.place !== b?.place);
  });

  define('list: comes in pages, and a cursor resumes after its page', async (world, connect) => {
    for (let index = 0; index < 2001; index++) await world.put(`f${index % 7}/${index}.csv`, text(String(index)));
    const session = await connect();
    const pages = await pagesOf(session);
    const all = pages.flatMap((page) => page.units);
    same(new Set(all.map((unit) => unit.key)).size, 2001);
    ok(pages.length >= 3 && pages.every((page) => page.units.length <= 1000), 'pages of at most 1,000');
    pages.forEach((page, index) => {
      const isLast = index === pages.length - 1;
      same(page.cursor === undefined, isLast, 'every page but the last has a cursor');
      same(page.searched !== undefined, isLast, 'only the last page has searched');
    });
    const other = await connect();
    for (const [index, page] of pages.slice(0, -1).entries()) {
      const rest = await pagesOf(other, { cursor: page.cursor! });
      const expected = pages.slice(index + 1).flatMap(({ units }) => units);
      // Lengths first: the difference of thousands of units takes long to print.
      same(rest.flatMap(({ units }) => units).length, expected.length, 'the cursor does not resume after its page');
      equal(
        rest.flatMap(({ units }) => units),
        expected,
      );
      equal(rest.at(-1)?.searched, pages.at(-1)?.searched);
    }
  });

  define('list: may be left early, never begun, and run twice at the same time', async (world, connect) => {
    await world.put('a.csv', text('a'));
    await world.put('b.csv', text('b'));
    const session = await connect();
    const { signal } = new AbortController();
    session.list({ signal });
    await session.list({ signal })[Symbol.asyncIterator]().return?.();
    for await (const page of session.list({ signal })) {
      ok(page);
      break;
    }
    const [one, two] = await Promise.all([unitsOf(session), unitsOf(session)]);
    same(one.length, 2);
    equal(one, two);
  });

  define('list: throws CANCELLED when the signal is aborted, also between two pages', async (world, connect) => {
    for (let index = 0; index < 1001; index++) await world.put(`${index}.csv`, text('a'));
    const session = await connect();
    same((await errorOf(() => pagesOf(session, { signal: AbortSignal.abort() }))).code, 'CANCELLED');
    const controller = new AbortController();
    const listing = session.list({ signal: controller.signal })[Symbol.asyncIterator]();
    same((await listing.next()).done, false);
    controller.abort();
    same((await errorOf(() => listing.next())).code, 'CANCELLED');
  });

  define('list: an abort of one listing is none of another', async (world, connect) => {
    await world.put('a.csv', text('a'));
    const session = await connect();
    await errorOf(() => pagesOf(session, { signal: AbortSignal.abort() }));
    same((await unitsOf(session)).length, 1);
  });

  define('list: hidden and marker files are skipped with kind and reason', async (world, connect) => {
    const names = {
      _SUCCESS: 'marker',
      '.DS_Store': 'marker',
      'x.csv.crc': 'marker',
      '.hidden': 'hidden',
      '_tmp/a.csv': 'hidden',
    };
    for (const name of [...Object.keys(names), 'a.csv', '_day=1/b.csv']) await world.put(name, text(name));
    const pages = await pagesOf(await connect());
    equal(pages.flatMap((page) => page.units).length, 2);
    const skipped = pages.flatMap((page) => page.skipped);
    equal(skipped.map(({ kind }) => kind).sort(), Object.values(names).sort());
    ok(skipped.every(({ uri, reason }) => uri.includes(':') && /\w+ \w+/.test(reason)));
  });

  define('list: a pattern that names a hidden file asks for it', async (world, connect) => {
    await world.put('_tmp/a.csv', text('a'));
    await world.put('_tmp/_b.csv', text('b'));
    equal(
      (await unitsOf(await connect({ pattern: '_tmp/*' }))).map((unit) => unit.sizeBytes),
      [1],
    );
    equal(await unitsOf(await connect({ pattern: '*/a.csv' })), []);
  });

  define('list: what the pattern leaves out is skipped, counted, and the nearest names are told', async (world, connect) => {
    for (const name of ['orders-1.csv', 'order-1.txt', 'zzz.bin']) await world.put(name, text(name));
    const pages = await pagesOf(await connect({ pattern: 'orders-*.txt' }));
    equal(
      pages.flatMap((page) => page.units),
      [],
    );
    equal(
      pages.flatMap((page) => page.skipped).map(({ kind }) => kind),
      ['pattern', 'pattern', 'pattern'],
    );
    same(pages.at(-1)?.searched?.excludedByPattern, 3);
    equal(pages.at(-1)?.searched?.nearest[0], 'order-1.txt');
  });

  define(
    'list: an object that cannot be looked at is unreadable with its error, and the others go on',
    async (world, connect) => {
      for (const name of ['a.csv', 'b.csv', 'c.csv']) await world.put(name, text(name));
      await requireOf(world.makeUnreadable, 'makeUnreadable')('b.csv');
      const pages = await pagesOf(await connect());
      same(pages.flatMap((page) => page.units).length, 2);
      const unreadable = pages.flatMap((page) => page.unreadable ?? []);
      same(unreadable.length, 1);
      ok(unreadable[0]!.uri.endsWith('b.csv') && unreadable[0]!.error.message.includes('b.csv'), 'the object is not named');
      ok(['SOURCE_ACCESS_DENIED', 'SOURCE_UNAVAILABLE'].includes(unreadable[0]!.error.code), unreadable[0]!.error.code);
      equal(JSON.parse(JSON.stringify(pages)), pages, 'the pages are not plain JSON');
    },
  );

  define('list: objects modified before modifiedSince are skipped as too-old', async (world, connect) => {
    await world.put('old.csv', text('o'), Date.UTC(2023, 0, 1));
    await world.put('edge.csv', text('e'), Date.UTC(2024, 0, 1));
    await world.put('new.csv', text('n'), Date.UTC(2024, 0, 2));
    const pages = await pagesOf(await connect(), { modifiedSince: '2024-01-01T00:00:00Z' });
    same(pages.flatMap((page) => page.units).length, 2);
    equal(
      pages.flatMap((page) => page.skipped).map(({ kind }) => kind),
      ['too-old'],
    );
  });

  define('list: objects modified after settledBefore are skipped as settling', async (world, connect) => {
    await world.put('done.csv', text('d'), Date.UTC(2024, 0, 1));
    await world.put('fresh.csv', text('f'), Date.UTC(2024, 0, 1, 0, 0, 1));
    const pages = await pagesOf(await connect(), { settledBefore: Date.UTC(2024, 0, 1) });
    same(pages.flatMap((page) => page.units).length, 1);
    equal(
      pages.flatMap((page) => page.skipped).map(({ kind }) => kind),
      ['settling'],
    );
  });
}
