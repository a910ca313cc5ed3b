import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ProvokedWorld } from './provoked-world.ts';

it('replays rejected rows of JSON Lines, of a document and of one that is gone, with what is nested in them', async () => {
  for (const [name, open, between, close, isThere] of [
    ['a.jsonl', '', '\n', '\n', true],
    ['a.json', '[', ',\n', ']', true],
    ['a.json', '{"data":[', ',', ']}', false],
  ] as const) {
    const world = new ProvokedWorld();
    const rows = Array.from({ length: 300 }, (_, id) => `{"id":${id},"to":{"zip":"${id}","lines":["a","b"]}}`);
    rows.push('{"id":"three hundred","to":{"zip":"x","lines":["c"]}}', '{"id":301,"to":{"zip":"y","lines":[]}}');
    world.files[name] = `${open}${rows.join(between)}${close}`;
    const recordsAt = open.startsWith('{') ? { recordsAt: ['data'] } : {};
    const spec = (columns: object) =>
      world.spec({ input: { format: { name: 'json', options: recordsAt } }, output: { columns } });
    const loaded = await world.run(spec({ id: { type: { kind: 'int64' } } }));
    expect([name, loaded.error, loaded.result.counts['main']]).toMatchObject([name, null, { written: 301, rejected: 1 }]);
    if (!isThere) delete world.files[name];
    await using calve = world.calve();
    const mended = spec({ id: { type: { kind: 'int64' }, onFailure: 'null' } });
    const [finding] = (await calve.findings(mended)).findings;
    expect(finding).toMatchObject({ code: 'id:int64', examples: [{ value: 'three hundred' }] });
    const { error, result } = await world.replay(mended);
    expect([error, result.counts['main']]).toMatchObject([null, { read: 1, written: 1 }]);
    const { rows: found } = await calve.head(mended, { rows: 1000 });
    expect(found.at(-1)).toMatchObject({ id: null, to: { zip: 'x', lines: ['c'] } });
  }
});

it('leaves rejected rows of records that became several rows, of which some are in the table', async () => {
  for (const mode of [{ kind: 'append' }, { kind: 'merge', keys: ['id', 'name'] }]) {
    const world = new ProvokedWorld();
    const rows = Array.from({ length: 200 }, (_, id) => `{"id":${id},"name":"a","items":[{"q":1},{"q":2}]}\n`).join('');
    world.files['a.jsonl'] = `${rows}{"id":200,"name":"a","items":[{"q":1},{"q":"x"}]}\n`;
    const spec = (columns: object) => world.spec({ output: { mode, rows: { explode: ['items'] }, columns } });
    const loaded = await world.run(spec({}));
    expect(loaded.result.counts['main']).toMatchObject({ rejected: expect.toSatisfy((rejected: number) => rejected > 0) });
    await using calve = world.calve();
    const mended = spec({ items: { onFailure: 'null' } });
    const { rows: going, left } = await calve.previewReplay(mended);
    expect([going, left.map(({ reason }) => reason)]).toEqual([[], ['expanded']]);
    const before = await calve.head(mended, { rows: 1000 });
    for (const _ of [1, 2]) {
      const { error, result, events } = await world.replay(mended);
      expect([error, result.outcome]).toEqual([null, 'nothing-new']);
      const said = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
      expect(said).toMatchObject([{ code: 'ROWS_NOT_REPLAYED', message: expect.stringContaining('deliver it again') }]);
    }
    expect((await calve.head(mended, { rows: 1000 })).rows).toEqual(before.rows);
  }
});

it('replays rejected rows of CSV in other encodings and dialects, with header, footer, title and compression', async () => {
  const lines = Array.from({ length: 150 }, (_, id) => `${id};'Köln; "1"';${id}`);
  const text = ['A title', 'id;city;amount', ...lines, "200;'Zürich';n/a", '# no data', 'a footer'].join('\r\n');
  for (const [encoding, bytes] of [
    ['windows-1252', Buffer.from(text, 'latin1')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-8', gzipSync(text)],
  ] as const) {
    const world = new ProvokedWorld();
    world.files[encoding === 'utf-8' ? 'a.csv.gz' : 'a.csv'] = new Uint8Array(bytes);
    const options = { encoding, delimiter: ';', quote: "'", comment: '#', header: true, skipLines: 1, skipFooterLines: 1 };
    const spec = (columns: object) => world.spec({ input: { format: { name: 'csv', options } }, output: { columns } });
    const loaded = await world.run(spec({ amount: { type: { kind: 'int64' } } }));
    expect([encoding, loaded.error, loaded.result.counts['main']]).toMatchObject([encoding, null, { written: 150, rejected: 1 }]);
    const mended = spec({ amount: { type: { kind: 'int64' }, nulls: ['n/a'] } });
    const { error, result } = await world.replay(mended);
    expect([error, result.counts['main']]).toMatchObject([null, { read: 1, written: 1 }]);
    await using calve = world.calve();
    const { rows } = await calve.head(mended, { rows: 1000 });
    expect(rows.at(-1)).toMatchObject({ id: '200', city: 'Zürich', amount: null });
  }
});

it('shows the value that does not fit where it stands inside of a record, and names the place in full', async () => {
  const world = new ProvokedWorld();
  const good = Array.from({ length: 300 }, (_, n) => `{"o":{"n":${n}},"tags":[${n},${n}]}`);
  world.files['a.jsonl'] = [...good, '{"o":{"n":"x"},"tags":[]}', '{"o":{"n":1},"tags":[1,"y"]}'].join('\n');
  const spec = world.spec();
  await using calve = world.calve();
  const refuted = (await calve.findings(spec)).findings.filter(({ code }) => code === 'SCHEMA_VALUES_REFUTED');
  expect(refuted.map(({ column, examples }) => [column, examples[0]?.value])).toEqual([
    ['o.n', 'x'],
    ['tags.element', 'y'],
  ]);
  await world.run(spec);
  const { findings } = await calve.findings(spec);
  expect(findings.filter(({ about }) => about === 'rejected')).toMatchObject([
    { code: 'o.n:int64', column: 'o.n', examples: [{ value: 'x' }], fixes: [{ title: 'Load such rows with null in "o.n"' }] },
    { code: 'tags.element:int64', column: 'tags.element', examples: [{ value: '["1","y"]' }], fixes: [{}] },
  ]);
  expect((await calve.previewReplay(spec, { columns: ['o'] })).left).toMatchObject([{ rows: 2 }]);
});

it('finds the ends of records that were cut in one pass over a compressed file', async () => {
  const world = new ProvokedWorld();
  const note = (letter: string): string => letter.repeat(70_000);
  const lines = ['a', 'b', 'c'].flatMap((letter, row) => [`${row},${row},`, `1${row},n/a,${note(letter)}`]);
  world.files['a.csv.gz'] = new Uint8Array(gzipSync(`id,amount,note\n${lines.join('\n')}\n`));
  const spec = (column: object) =>
    world.spec({
      input: { format: { name: 'csv', options: { header: true } } },
      output: { columns: { amount: { type: { kind: 'int64' }, ...column } } },
      limits: { maxRejectedRatio: 1 },
    });
  expect((await world.run(spec({}))).result.counts['main']).toMatchObject({ written: 3, rejected: 3 });
  const { error, result } = await world.replay(spec({ nulls: ['n/a'] }));
  expect([error, result.counts['main']]).toMatchObject([null, { read: 3, written: 3 }]);
  await using calve = world.calve();
  const { rows } = await calve.head(spec({}), { rows: 10 });
  expect(rows.slice(3).map((row) => row['note'])).toEqual(['a', 'b', 'c'].map(note));
});
