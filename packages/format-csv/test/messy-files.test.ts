import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { DelimitedReader, Diagnostic, Json } from '@calve/core/plugin';
import { createTestCalve } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvOptionsInput, csvFormat } from '../src/index.ts';
import { observeFile, readFile } from './read-file.ts';
import { encodeText } from './text-encoder.ts';

const spec = (format: Json, more: Record<string, Json> = {}) => ({
  specVersion: 1,
  id: 'test',
  input: { source: 'files', format },
  outputs: [
    { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', mode: { kind: 'append' }, provenance: [] },
    { name: 'rejected', sink: 'memory', options: { table: 'rows__rejected' }, rows: 'rejected', mode: { kind: 'append' } },
  ],
  limits: { maxRejectedRatio: 1 },
  ...more,
});

describe('a folder of files that differ', () => {
  it('in the order of their columns lands by name, read by one reader per header', async () => {
    const files = {
      'a.csv': 'id,name,amount\n1,Ann,1.50\n2,Bob,2.50\n',
      'b.csv': 'amount;id;name\n3.50;3;Cid\n',
      'c.csv': 'NAME\tAmount\tID\nDora\t4.50\t4\n',
      'd.csv': 'id,name,amount\n5,Eva,5.50\n',
    };
    await using test = await createTestCalve({ files, formats: { csv: csvFormat() } });
    const plan = await test.calve.plan(test.retarget(spec('detect')));
    expect(plan.program.readers.map((reader) => (reader.plan as DelimitedReader).columns.join())).toEqual([
      'id,name,amount',
      'amount,id,name',
      'NAME,Amount,ID',
    ]);
    await test.load(spec('detect'));
    expect(test.rows().map(({ id, name, amount }) => [Number(id), name, amount])).toEqual([
      [1, 'Ann', '1.50'],
      [2, 'Bob', '2.50'],
      [3, 'Cid', '3.50'],
      [4, 'Dora', '4.50'],
      [5, 'Eva', '5.50'],
    ]);
  });

  it('in encoding, compression, delimiter and title lands whole with one option, and says what was assumed', async () => {
    const row = (id: number) => `id;name\n${id};Zoé ${id}\n`;
    await using test = await createTestCalve({
      files: {
        '1.csv': row(1),
        '2.csv': encodeText(row(2), 'windows-1252'),
        '3.csv': encodeText(`\ufeff${row(3)}`, 'utf-16le'),
        '4.csv.gz': new Uint8Array(Buffer.concat([gzipSync('id;name\n'), gzipSync('4;Zoé 4\n')])),
        '5.csv.zst': new Uint8Array(Buffer.concat([zstdCompressSync('id;name\n'), zstdCompressSync('5;Zoé 5\n')])),
        '6.csv': 'Customers of today\n\nid||name\n6||Zoé 6\n',
      },
      formats: { csv: csvFormat() },
    });
    await test.load(spec({ name: 'csv', options: { fallbackEncoding: 'windows-1252' } }));
    expect(test.rows().map(({ id, name }) => [Number(id), name])).toEqual([1, 2, 3, 4, 5, 6].map((id) => [id, `Zoé ${id}`]));
    const codes = test.events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic.code] : []));
    expect(codes).toEqual(expect.arrayContaining(['CSV_ENCODING', 'CSV_PREAMBLE']));
  });

  it('without a header gets the names that the spec gives', async () => {
    const files = { 'a.csv': '1,Ann\n2,Bob\n', 'b.csv': '3,Cid\n' };
    await using test = await createTestCalve({ files, formats: { csv: csvFormat() } });
    await test.load(spec({ name: 'csv', options: { header: false, columns: ['id', 'name'] } }));
    expect(test.rows()).toEqual([
      { id: '1', name: 'Ann' },
      { id: '2', name: 'Bob' },
      { id: '3', name: 'Cid' },
    ]);
  });
});

describe('a patch that a finding offers', () => {
  /** Files that are read in a way that somebody should decide. */
  const files: Record<string, Uint8Array | string> = {
    TEXT_MALFORMED: encodeText('id,name\n1,Zoé\n2,O’Neil\n3,façade\n', 'windows-1252'),
    CSV_ENCODING: encodeText('id,name\n1,Zoé\n', 'utf-16be'),
    CSV_DIALECT_AMBIGUOUS: 'a;b,c\n1;2,3\n4;5,6\n',
    CSV_PREAMBLE: 'Report\nid,name\n1,x\n2,y\n',
  };

  it.each(
    Object.keys(files).flatMap((code) => [
      { code, format: 'detect' },
      { code, format: 'named' },
    ]),
  )('removes $code when it is applied to a spec that has the format $format', async ({ code, format }) => {
    let before = spec(format === 'detect' ? 'detect' : { name: 'csv', options: {} });
    // Nobody can find out by its bytes that such a file is a table.
    if (code === 'CSV_ENCODING') before = spec({ name: 'csv', options: {} });
    await using test = await createTestCalve({ files: { 'a.csv': files[code]! }, formats: { csv: csvFormat() } });
    const findingsOf = async (one: unknown) => {
      const { findings, batch } = await test.calve.plan(test.retarget(one));
      return [...findings, ...batch.setAside.map(({ finding }) => finding)].filter((each) => each.code === code);
    };
    const [finding] = await findingsOf(before);
    expect(finding?.fixes?.length).toBeGreaterThan(0);
    for (const { specPatch } of finding?.fixes ?? []) {
      const findings = await findingsOf(patched(before, specPatch));
      expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }
  });

  it('removes it from any file that was found ambiguous, and leaves the rows of one of the two dialects', async () => {
    const word = fc.stringMatching(/^[a-z]{1,4}$/);
    const seen: number[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, word, word), { minLength: 3, maxLength: 6 }), async (rows) => {
        const text = rows.map(([a, b, c]) => `${a};${b},${c}\n`).join('');
        const { findings } = await observeFile(text, { skipLines: 0 });
        const fixes = findings.find(({ code }) => code === 'CSV_DIALECT_AMBIGUOUS')?.fixes ?? [];
        seen.push(fixes.length);
        for (const { specPatch } of fixes) {
          const { value } = (specPatch as { value: string }[])[0]!;
          const file = await readFile(text, { delimiter: value, header: false, columns: ['x', 'y'], skipLines: 0 });
          expect(file.findings.map(({ code }) => code)).not.toContain('CSV_DIALECT_AMBIGUOUS');
          expect(file.records).toEqual(
            text
              .trimEnd()
              .split('\n')
              .map((line) => ({ row: line.split(value) })),
          );
        }
      }),
      { numRuns: 50 },
    );
    expect(seen.every((count) => count === 2)).toBe(true);
  });
});

describe('footer, comments and escapes', () => {
  const read = async (text: string, options: CsvOptionsInput) => {
    const { fields, records, skipped } = await readFile(text, options);
    return { fields, rows: records.map((one) => ('row' in one ? one.row : one.rejected)), skipped };
  };

  it('are left out and undone, and what is left out is counted', async () => {
    const text = '# made by hand\nid|name\n1|"a \\"b\\""\n# half\n2|x\n\nTotal|2\nEnd\n';
    const options = { comment: '#', delimiter: '|', escape: '\\', skipFooterLines: 2, header: true };
    expect(await read(text, options)).toEqual({
      fields: ['id', 'name'],
      rows: [
        ['1', 'a "b"'],
        ['2', 'x'],
      ],
      skipped: { header: 1, blank: 1, comment: 2, footer: 2 },
    });
  });

  it('without quotes every character is text', async () => {
    const file = await read('a||b\n"x||y"\n', { quote: null, delimiter: '||', header: true });
    expect(file.rows).toEqual([['"x', 'y"']]);
  });
});

/** Applies the operations `add`, `replace` and `remove` of members. */
function patched(value: unknown, operations: NonNullable<Diagnostic['fixes']>[number]['specPatch']): unknown {
  const copy = structuredClone(value) as Record<string, Json>;
  for (const { op, path, value: added } of operations as unknown as { op: string; path: string; value?: Json }[]) {
    const names = path.split('/').slice(1);
    const last = names.pop() as string;
    const parent = names.reduce<Record<string, Json>>((at, name) => at[name] as Record<string, Json>, copy);
    if (op === 'remove') delete parent[last];
    else parent[last] = added as Json;
  }
  return copy;
}
