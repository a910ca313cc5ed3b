import { inspect } from 'node:util';
import { CalveError, type CommitOutcome, type IngestionSpec, memorySource, memoryState } from '@calve/core';
import type { ByteReader, ListPage, ObjectSession } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type MemorySink, memorySink } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { CANARY, changed, LeakingWorld } from './leaking-world.ts';

type Instance = ReturnType<LeakingWorld['calve']>;

/** What must be in nothing that comes out. */
const FORMS = [
  CANARY,
  'C4nary',
  '9f8e7d6c',
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(CANARY).toString('base64url'),
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
];

const encoded = Buffer.from(`user:${CANARY}`).toString('base64');

/** What a plugin may throw, an SDK's error handed on among them. */
const thrown: Record<string, () => unknown> = {
  'an error with it in its message': () => new Error(`cannot log in with ${CANARY}`),
  'an error of Calve': () =>
    new CalveError('SOURCE_UNAVAILABLE', `cannot log in with ${CANARY}`, {
      recovery: 'retry',
      context: { url: `https://host/?token=${encodeURIComponent(CANARY)}`, nested: [{ [CANARY]: CANARY }] },
      diagnostics: [{ code: CANARY, severity: 'error', message: CANARY, at: { unit: CANARY } }],
      cause: new Error(CANARY, { cause: CANARY }),
    }),
  'an error for which a file is quarantined': () =>
    new CalveError('MALFORMED_UNIT', `cannot read ${JSON.stringify(CANARY)}`, { recovery: 'fix-input', context: { CANARY } }),
  'an error of an SDK': () => {
    const config = { headers: { authorization: `Basic ${encoded}` }, password: CANARY };
    const cause = Object.assign(new TypeError(`fetch failed: ${encoded}`), { config });
    return Object.assign(new Error('403', { cause }), { code: 'E403', config, $response: { body: CANARY }, request: { config } });
  },
  'the data of an error': () => ({
    code: 'SOURCE_UNAVAILABLE',
    message: CANARY,
    recovery: { kind: 'retry', config: CANARY },
    diagnostics: [],
    context: {},
    config: { password: CANARY },
  }),
  'a text': () => CANARY,
};

const points = [
  'source.connect',
  'files.list',
  'files.open',
  'files.externalAccess',
  'files.close',
  'reader.read',
  'reader.verify',
  'reader.close',
  'decoders.create',
  'decoder.observe',
  'decoder.decode',
  'sink.connect',
  'tables.describe',
  'tables.inspect',
  'tables.evidence',
  'tables.planChanges',
  'tables.tableAccess',
  'tables.writer',
  'tables.prepare',
  'tables.send',
  'tables.read',
  'tables.close',
  'writers.create',
  'writer.write',
  'writer.finish',
  'writer.write and writer.abort',
  'state.open',
  'store.read',
  'store.lookup',
  'store.advance',
  'store.close',
];

const specOf = (calve: Instance): IngestionSpec =>
  calve
    .ingestion('orders')
    .from('memory')
    .as('csv', { header: true })
    .limits({ maxRejectedRatio: 1 })
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();

/** Everything that is seen of an attempt, whether it succeeds or not. */
async function seenOf(work: () => unknown): Promise<unknown[]> {
  try {
    return [await work()];
  } catch (error) {
    const { message, stack, cause } = error as CalveError;
    expect(CalveError.is(error), inspect(error)).toBe(true);
    return [error, message, stack, cause, String(error)];
  }
}

/** Every verb, one after the other; what came out of each. */
async function everyVerb(world: LeakingWorld, calve: Instance): Promise<unknown[]> {
  const spec = specOf(calve);
  const seen: unknown[] = [];
  seen.push(...(await seenOf(() => calve.preview(spec))));
  const planned = await seenOf(() => calve.plan(spec));
  seen.push(...planned);
  const [plan] = planned;
  seen.push(...(await seenOf(() => calve.apply(plan as never, { allow: ['quarantined', 'held'] }))));
  seen.push(...(await seenOf(() => calve.run(spec))));
  seen.push(...(await seenOf(() => calve.head(spec))));
  seen.push(...(await seenOf(() => calve.rejects(spec))));
  seen.push(...(await seenOf(() => calve.audit(spec))));
  seen.push(...(await seenOf(() => calve.bundle(spec))));
  seen.push(...(await seenOf(() => calve.close())));
  seen.push(world.events, await world.stored());
  return seen;
}

function assertNoCanary(seen: unknown[]): void {
  const shown = [inspect(seen, { depth: null, showHidden: true, maxStringLength: null }), JSON.stringify(seen)];
  for (const form of FORMS) for (const text of shown) expect(text.includes(form), `${form} in ${text}`).toBe(false);
}

describe.each(Object.entries(thrown))('a canary in %s', (_, leak) => {
  it.each(points)('does not get out through any verb when %s throws it', async (point) => {
    const worlds = [new LeakingWorld(), new LeakingWorld()] as const;
    const loaded = worlds[0].calve();
    await loaded.run(specOf(loaded), { allow: ['held', 'quarantined'] });
    await loaded.close();
    for (const world of worlds) {
      const calve = world.calve();
      // The instance knows its secrets by now.
      await calve.head(specOf(calve));
      world.leak(point.split(' and '), leak);
      assertNoCanary(await everyVerb(world, calve));
    }
    expect(worlds[0].leaks + worlds[1].leaks, 'nothing was leaked').toBeGreaterThan(0);
  });
});

/** A source that tells the canary wherever it may say something. */
function tellingSource(): ReturnType<typeof memorySource> {
  const inner = memorySource({ 'orders.csv': 'id,name\n1,a\n2,b\n' });
  return {
    ...inner,
    async connect(options, context) {
      const session = (await inner.connect(options, context)) as ObjectSession;
      context.report({ code: CANARY, severity: 'warning', message: `logged in with ${CANARY}`, at: { unit: CANARY } });
      const page = (given: ListPage): ListPage => ({
        ...given,
        units: given.units.map((unit) => ({
          ...unit,
          uri: `https://ann:${encodeURIComponent(CANARY)}@host/${unit.place}?sig=${encodeURIComponent(CANARY)}&x=${encodeURIComponent(CANARY)}`,
        })),
        skipped: [{ uri: `https://${CANARY}@host/x`, kind: 'hidden', reason: `needs ${CANARY}` }],
        unreadable: [{ uri: 'https://host/y', error: new CalveError(CANARY, CANARY, { context: CANARY }).toJSON() }],
      });
      return {
        kind: 'objects',
        async *list(request) {
          for await (const given of session.list(request)) yield page(given);
        },
        open: (unit, opening): Promise<ByteReader> => session.open(unit, opening),
        check: () => session.check(),
        externalAccess: () => ({
          kind: 'spark',
          uri: `s3a://AKID:${encodeURIComponent(CANARY)}@b`,
          conf: { 'x.y': CANARY },
          jars: [],
        }),
        close: () => session.close(),
      };
    },
  };
}

/** A sink whose catalog answers with what it was asked with. */
function tellingSink(outcome: CommitOutcome): MemorySink {
  const inner = memorySink();
  return changed(inner, {
    connect: async (context) =>
      changed(await inner.connect(context), {
        describe: () => ({ name: `sales.${CANARY}`, location: CANARY }) as never,
        tableAccess: () => ({ kind: 'none', reason: `needs ${CANARY}` }),
        send: async () => outcome,
      }),
  });
}

describe('a canary that is told and not thrown', () => {
  it('by a source, in findings, listings and addresses does not get out', async () => {
    const world = new LeakingWorld();
    const calve = world.calve({ source: tellingSource() });
    const seen = await everyVerb(world, calve);
    assertNoCanary(seen);
    expect(JSON.stringify(seen)).toContain('https://[redacted]@host/');
    expect(JSON.stringify(seen)).toContain('logged in with [secret db]');
  });

  it('by a format, in what it observed and decoded does not get out', async () => {
    const inner = csvFormat();
    const finding = { code: 'CSV_X', severity: 'info' as const, message: `see ${CANARY}`, at: { unit: CANARY } };
    const world = new LeakingWorld();
    const calve = world.calve({
      format: {
        ...inner,
        decoder: {
          ...inner.decoder,
          async create(context) {
            const decoder = await inner.decoder.create(context, undefined);
            return {
              async observe(...given) {
                const observed = await decoder.observe(...given);
                const evidence = [{ excludes: { kind: 'int64' as const }, value: CANARY, at: { unit: '' } }];
                const fields = observed.fields.map((field) => ({ ...field, evidence }));
                return { ...observed, fields, findings: [...observed.findings, finding] };
              },
              async *decode(...given) {
                yield* decoder.decode(...given);
                yield { kind: 'finding', diagnostic: finding };
                yield { kind: 'finding', diagnostic: { ...finding, message: `and ${CANARY}` } };
              },
            };
          },
        },
      },
    });
    const seen = await everyVerb(world, calve);
    assertNoCanary(seen);
    expect(JSON.stringify(seen)).toContain('see [secret db]');
    expect(JSON.stringify(seen)).toContain('and [secret db]');
  });

  it('by a sink that refuses, and by a state that is named after it, does not get out', async () => {
    const world = new LeakingWorld();
    const error = new CalveError('ICEBERG_X', `denied: ${CANARY}`, { context: { CANARY }, cause: new Error(CANARY) }).toJSON();
    const state = memoryState();
    const calve = world.calve({
      sink: tellingSink({ kind: 'refused', error }),
      state: {
        open: async () => changed(await state.open(), { location: `postgres://ann:pa55w0rd@host/${CANARY}` }),
      },
    });
    const seen = await everyVerb(world, calve);
    assertNoCanary(seen);
    expect(JSON.stringify(seen)).not.toContain('pa55w0rd');
    expect(JSON.stringify(seen)).toContain('denied: [secret db]');
  });

  it('by a listener that throws does not get out', async () => {
    const world = new LeakingWorld();
    const calve = world.calve();
    calve.on('event', ({ kind }) => {
      if (kind === 'planned') throw new Error(CANARY);
    });
    const seen = await everyVerb(world, calve);
    assertNoCanary(seen);
    expect(JSON.stringify(seen)).toContain('LISTENER_FAILED');
  });
});
