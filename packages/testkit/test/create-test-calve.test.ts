import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { loadDefaultFormats } from '../src/calve/load-default-formats.ts';
import { createTestCalve } from '../src/index.ts';

const orders = 'id,amount\n1,9.90\n2,0.10\n';

describe('createTestCalve', () => {
  it('gives rows of files that never touch the disk', async () => {
    await using test = await createTestCalve({ files: { 'orders.csv': orders } });
    const result = await test.load();
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 1 }, counts: { main: { read: 2, written: 2 } } });
    expect(test.rows()).toEqual([
      { id: '1', amount: '9.90' },
      { id: '2', amount: '0.10' },
    ]);
    expect(test.rejected()).toEqual([]);
  });

  it('loads what is new, and only that', async () => {
    await using test = await createTestCalve({ files: { 'a.csv': orders } });
    await test.load();
    expect((await test.load()).outcome).toBe('nothing-new');
    test.put('b.csv', new TextEncoder().encode('id,amount\n3,1.00\n'));
    expect((await test.load()).units.ingested).toBe(1);
    expect(test.rows().map(({ id }) => id)).toEqual(['1', '2', '3']);
    test.remove('a.csv');
    expect((await test.load()).outcome).toBe('nothing-new');
  });

  it('is the same in every run: ids, times, events', async () => {
    const story = async () => {
      await using test = await createTestCalve({ files: { 'a.csv': orders, 'b.csv': 'id,amount\n7,x\n' } });
      await test.load();
      return { events: test.events, snapshots: test.sink.snapshots('rows') };
    };
    expect(await story()).toEqual(await story());
    const { events } = await story();
    expect(events[0]?.at).toBe('2024-01-01T00:00:00.000Z');
  });

  it('tells the whole story of each run', async () => {
    await using test = await createTestCalve({ files: { 'a.csv': orders } });
    await test.load();
    await test.load();
    test.observer.assertComplete();
    expect(test.observer.of('run-finished').map(({ result }) => result.outcome)).toEqual(['committed', 'nothing-new']);
  });

  it('runs a spec that was made for other sources and sinks', async () => {
    await using test = await createTestCalve({ files: { 'in/orders.csv': orders, 'in/other.csv': 'x\n1\n' } });
    const spec = {
      specVersion: 1,
      id: 'orders',
      input: {
        source: 'uploads',
        options: { bucket: 'landing', pattern: 'in/ord*', region: { secret: 'r' } },
        format: 'detect',
        since: '2030-01-01T00:00:00Z',
        settleSeconds: 60,
      },
      outputs: [{ name: 'main', sink: 'lake', options: { table: 'sales.orders', partitionBy: [{ transform: 'bucket' }] } }],
    };
    await test.load(Object.freeze(spec));
    expect(test.rows()).toHaveLength(2);
    expect(test.rows('sales.orders')[0]).toMatchObject({ id: '1', _source_file: 'memory:///in/orders.csv' });
    expect(test.rejected()).toEqual([]);
    expect(spec.input.source).toBe('uploads');
    const again = test.retarget(test.retarget(spec));
    expect(again.input).toMatchObject({ source: 'files', options: { pattern: 'in/ord*' } });
  });

  it('names a table after its output when the options name none', async () => {
    await using test = await createTestCalve({ files: { 'orders.csv': orders } });
    const outputs = [{ name: 'documents', sink: 'search', options: { index: 'orders' } }];
    await test.load({ specVersion: 1, id: 'orders', input: { source: 'x', format: 'detect' }, outputs });
    expect(test.rows('documents')).toHaveLength(2);
  });

  it.each([[null], ['spec'], [{}], [{ specVersion: 1, id: 'x', input: 'here', outputs: [7] }]])(
    'refuses %j as a spec',
    async (spec) => {
      await using test = await createTestCalve();
      await expect(test.load(spec)).rejects.toMatchObject({ code: 'SPEC_INVALID' });
    },
  );

  it('gives rejected rows with file, line, code and text', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => `${at},${at}`);
    rows[7] = '7,"se;ven"';
    await using test = await createTestCalve({ files: { 'a b.csv': `id,n\n${rows.join('\n')}\n` } });
    await test.load();
    expect(test.rejected()).toEqual([{ file: 'a b.csv', line: 9, errors: [expect.stringMatching(/^n:/)], text: '7,"se;ven"' }]);
    expect(test.rows()).toHaveLength(199);
  });

  it('rejects as calve.run does when a file is set aside', async () => {
    await using test = await createTestCalve({ files: { 'bad.csv': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]) } });
    await expect(test.load()).rejects.toSatisfy(CalveError.is);
  });

  it('takes formats by key, and types the builder', async () => {
    const { csv } = await loadDefaultFormats();
    await using test = await createTestCalve({ files: { 'a.txt': 'x|y\n1|2\n' }, formats: { pipes: csv } });
    const spec = test.calve
      .ingestion('pipes')
      .from('files', { pattern: '*.txt' })
      .as('pipes', { delimiter: '|', header: true })
      .into('memory', { table: 'pipes' }, { provenance: [] })
      .build();
    await test.load(spec);
    expect(test.rows()).toEqual([{ x: '1', y: '2' }]);
    // @ts-expect-error there is no such format
    expect(() => test.calve.ingestion('x').as('csv').from('files').into('memory', { table: 'x' }).build()).toThrow('pipes');
  });

  it('commits once when the answer is lost', async () => {
    await using test = await createTestCalve({ files: { 'a.csv': orders } });
    test.sink.faults.push('lost-after', 'conflict');
    await test.load();
    expect(test.rows()).toHaveLength(2);
  });

  it('waits for nothing, also when commits are refused again and again', async () => {
    await using test = await createTestCalve({ files: { 'a.csv': orders } });
    test.sink.faults.push(...Array.from({ length: 5 }, () => 'conflict' as const));
    await test.load();
    expect(test.rows()).toHaveLength(2);
    expect(Date.parse(test.events.at(-1)!.at)).toBeGreaterThan(Date.UTC(2024, 0, 1) + 100);
  });

  it('is closed when its scope ends', async () => {
    let calve: Awaited<ReturnType<typeof createTestCalve>>['calve'];
    {
      await using test = await createTestCalve({ files: { 'a.csv': orders } });
      await test.load();
      expect(test.sink.openSessions).toBe(0);
      calve = test.calve;
    }
    await expect(
      calve.plan(calve.ingestion('x').from('files').detect().into('memory', { table: 'x' }).build()),
    ).rejects.toMatchObject({
      code: 'CLOSED',
    });
  });

  it('keeps to the limits that it is given', async () => {
    await using test = await createTestCalve({ files: { 'a.csv': orders }, limits: { columns: 1 } });
    await expect(test.load()).rejects.toSatisfy((error) => JSON.stringify(error).includes('LIMIT_COLUMNS'));
  });
});

describe('the format of a test Calve that names none', () => {
  const failing = (message: string, code?: string) => () => Promise.reject(Object.assign(new Error(message), { code }));

  it('is asked for with a sentence when it is not installed', async () => {
    const missing = failing("Cannot find package '@calve/format-csv' imported from here", 'ERR_MODULE_NOT_FOUND');
    await expect(loadDefaultFormats(missing)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('npm install --save-dev @calve/format-csv'),
      recovery: { kind: 'fix-input' },
    });
  });

  it('fails with its own error when it is there and broken', async () => {
    await expect(loadDefaultFormats(failing("Cannot find package 'zod'", 'ERR_MODULE_NOT_FOUND'))).rejects.toThrow('zod');
    await expect(loadDefaultFormats(failing('broken'))).rejects.toThrow('broken');
  });
});
