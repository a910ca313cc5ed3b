import type { Diagnostic, RunEvent, RunHandle } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { CalveError, completeLimits, type Decoder } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning, until } from '../processes/running-process.ts';
import { hostileFile, hostileFormat } from './hostile-format.ts';
import { type Introduction, introductions, isolatedCalve } from './isolated-calve.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Waits until `count` decoders of a run have said which process they work in. */
async function introduced(run: RunHandle, count = 1): Promise<Introduction[]> {
  const events: RunEvent[] = [];
  for await (const event of run) {
    events.push(event);
    if (introductions(events).length === count) break;
  }
  return introductions(events);
}

const failure = async (work: Promise<unknown>): Promise<CalveError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (CalveError.is(error)) return error;
  throw new TypeError(`expected a CalveError, got ${String(error)}`);
};

describe('processes of a Calve instance', () => {
  it('are used again for one tenant and never for another', async () => {
    const { calve, specOf } = isolatedCalve({
      'a.csv': hostileFile('decode', 'introduce'),
      'b.csv': `${hostileFile('decode', 'introduce')}3,more\n`,
    });
    await using _ = calve;
    const pids: Record<'red' | 'blue', number[]> = { red: [], blue: [] };
    for (const [tenant, table] of [
      ['red', 'a.one'],
      ['blue', 'b.one'],
      ['red', 'a.two'],
    ] as const) {
      const seen = (await introduced(calve.run(specOf('**', table), { tenant }), 2)).map(({ pid }) => pid);
      pids[tenant].push(...seen);
    }
    expect(pids.red).toHaveLength(4);
    expect(new Set(pids.red).size).toBe(1);
    expect(new Set(pids.blue).size).toBe(1);
    expect(pids.red).not.toContain(pids.blue[0]);
  });

  it('are two for two runs at once', async () => {
    const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('observe', 'hang') });
    const runs = [calve.run(specOf('**', 'a.one')), calve.run(specOf('**', 'a.two'))];
    const pids = (await Promise.all(runs.map((run) => introduced(run)))).map(([first]) => first?.pid);
    expect(new Set(pids).size).toBe(2);
    const codes = Promise.all(runs.map(async (run) => (await failure(run)).code));
    await calve.close();
    expect(await codes).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('get nothing of the variables and flags of the host that could hold a secret', async () => {
    process.env['CALVE_TEST_SECRET'] = 'hush';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'hush';
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = '--no-warnings --conditions=of-node-options';
    try {
      const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('observe', 'introduce') });
      await using _ = calve;
      const [{ variables, flags }] = (await introduced(calve.run(specOf()))) as [Introduction];
      expect(
        variables.filter((name) => !/^(NODE_CHANNEL_.*|NODE_V8_COVERAGE|TZ|LANG|LC_ALL|LC_CTYPE|SystemRoot)$/.test(name)),
      ).toEqual([]);
      expect(flags).toEqual(
        expect.arrayContaining(['--conditions=of-node-options', '--conditions=calve-source', '--max-old-space-size=512']),
      );
      expect(flags.filter((flag) => !flag.startsWith('--conditions='))).toHaveLength(1);
    } finally {
      delete process.env['CALVE_TEST_SECRET'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    }
  });

  it('have no secrets to give to a decoder that asks for one', async () => {
    const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('observe', 'secret') });
    await using _ = calve;
    expect(await failure(calve.run(specOf()))).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('"password"'),
    });
  });

  it.each(['loop', 'hang', 'stop'])('end with close() during a run whose decoder does not listen (%s)', async (act) => {
    const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('decode', act) });
    const run = calve.run(specOf());
    const [{ pid }] = (await introduced(run)) as [Introduction];
    const error = failure(run);
    await calve.close();
    expect((await error).code).toBe('CANCELLED');
    expect(isRunning(pid)).toBe(false);
  });

  it('end when the run is cancelled and the decoder does not listen, and the next run gets another one', async () => {
    const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('observe', 'hang'), 'b.csv': 'id,name\n1,b\n' });
    await using _ = calve;
    const controller = new AbortController();
    const run = calve.run(specOf('a.csv'), { signal: controller.signal });
    const [{ pid }] = (await introduced(run)) as [Introduction];
    controller.abort();
    expect((await failure(run)).code).toBe('CANCELLED');
    expect(isRunning(pid)).toBe(false);
    expect((await calve.run(specOf('b.csv'))).outcome).toBe('committed');
  });

  it('go on when a terminal or a service manager signals the whole group', async () => {
    const { calve, sink, specOf } = isolatedCalve({ 'a.csv': hostileFile('decode', 'slow') });
    await using _ = calve;
    const run = calve.run(specOf());
    const [{ pid }] = (await introduced(run)) as [Introduction];
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect((await run).outcome).toBe('committed');
    expect(sink.rows('sales.orders')).toHaveLength(2);
    expect(isRunning(pid)).toBe(true);
  });

  it('that others end while they are idle are replaced', async () => {
    const { calve, specOf } = isolatedCalve({ 'a.csv': hostileFile('decode', 'introduce') });
    await using _ = calve;
    const [{ pid: first }] = (await introduced(calve.run(specOf('**', 'a.one')))) as [Introduction];
    process.kill(first, 'SIGKILL');
    const run = calve.run(specOf('**', 'a.two'));
    const [{ pid: second }] = (await introduced(run)) as [Introduction];
    expect(second).not.toBe(first);
    expect((await run).outcome).toBe('committed');
  });
});

describe('an isolated decoder', () => {
  const { module, exportName, config } = hostileFormat().decoder;
  const options = {
    header: true,
    nulls: [],
    skipLines: 0,
    unescapedQuotes: 'stop-at-delimiter',
    compression: 'detect',
    encoding: 'utf-8',
  };
  const request = { columns: 'all' as const, maxRows: 1, maxBytes: 1 << 20 };
  let processes = nodeEnvironment().decodeProcesses!(completeLimits());
  afterEach(async () => {
    await processes.close();
    processes = nodeEnvironment().decodeProcesses!(completeLimits());
  });
  const open = (): Decoder => processes.decoder({ module, exportName, config });
  const planOf = async (content: string) =>
    hostileFormat().lower(
      options as never,
      await hostileFormat()
        .decoder.create(testContext(), undefined)
        .then((decoder) => decoder.observe(bytesReader(text(content)), options, 1e9, testContext())),
    );

  it('is not blamed for the time in which the host did not listen', async () => {
    processes = nodeEnvironment().decodeProcesses!(completeLimits({ stallMilliseconds: 2000 }));
    const content = hostileFile('decode', 'slow');
    const plan = await planOf(content);
    let events = 0;
    for await (const event of open().decode(bytesReader(text(content)), plan, { kind: 'whole' }, request, testContext())) {
      if (event.kind === 'batch') event.batch.release();
      events += 1;
      // Longer than the limit, while the decoder works on the next event.
      if (events % 4 === 1) for (const end = performance.now() + 2500; performance.now() < end; );
    }
    expect(events).toBeGreaterThan(10);
  });

  it('is not blamed for the time that the source takes', async () => {
    processes = nodeEnvironment().decodeProcesses!(completeLimits({ stallMilliseconds: 2000 }));
    const reader = bytesReader(text('id,name\n1,a\n'));
    const late = {
      ...reader,
      sizeBytes: reader.sizeBytes,
      read: async (target: Uint8Array, offset: number) => {
        await new Promise((resolve) => setTimeout(resolve, 5000));
        return reader.read(target, offset);
      },
    };
    expect((await open().observe(late, options, 1e9, testContext())).exactRows).toBe(1);
  });

  it('throws what the reader threw, as it was', async () => {
    for (const thrown of [
      new CalveError('OBJECT_CHANGED', 'It is another one.', { recovery: 'replan' }),
      new RangeError('no such place'),
    ]) {
      const reader = { ...bytesReader(text('id\n1\n')), sizeBytes: 5, read: () => Promise.reject(thrown) };
      await expect(open().observe(reader, options, 1e9, testContext())).rejects.toBe(thrown);
    }
  });

  it('passes reports on and gives back what it reserved when it crashes', async () => {
    const content = `id,name\n1,hostile:decode:introduce\n${'2,b\n'.repeat(100)}`;
    const plan = await planOf(content);
    const context = testContext();
    const events = open()
      .decode(bytesReader(text(content)), plan, { kind: 'whole' }, request, context)
      [Symbol.asyncIterator]();
    let event = await events.next();
    while (!event.done && event.value.kind !== 'batch') event = await events.next();
    expect(context.outstandingReservations).toBe(1);
    const [{ pid }] = introductions(context.reports as Diagnostic[]) as [Introduction];
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid));
    const error = await failure(
      (async () => {
        for (let more = await events.next(); !more.done; more = await events.next())
          if (more.value.kind === 'batch') more.value.batch.release();
      })(),
    );
    expect(error).toMatchObject({ code: 'DECODER_CRASHED', recovery: { kind: 'fix-input' } });
    // The batch in the host's hands is what is left.
    expect(context.outstandingReservations).toBe(1);
    if (!event.done && event.value.kind === 'batch') event.value.batch.release();
    expect(context.outstandingReservations).toBe(0);
  });

  it('that is not to be found is the fault of the configuration, not of the file', async () => {
    const gone = processes.decoder({ module: new URL('./not-there.mjs', import.meta.url).href, exportName: 'x', config: {} });
    const error = await failure(gone.observe(bytesReader(text('a\n')), options, 1e9, testContext()));
    expect(error.code).toBe('CONFIGURATION_INVALID');
    expect(error.message).toMatch(/not-there\.mjs.*isolation: 'inline'/);
  });

  it('gets no less memory than ordinary files take', () => {
    expect(() => nodeEnvironment().decodeProcesses!(completeLimits({ decodeMemoryBytes: 128 << 20 }))).toThrow(/256 MiB/);
  });

  it('is closed when its processes are', async () => {
    const decoder = open();
    await processes.close();
    expect((await failure(decoder.observe(bytesReader(text('a\n')), options, 1e9, testContext()))).code).toBe('CLOSED');
  });
});
