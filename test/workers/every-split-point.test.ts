// Small files cut at every place where a record might end, by decoders alone: the same records as of the whole file, or a word that they are not.
import type { ColumnBatch, Decoder, FormatPlugin, ReaderPlan, ReadRange } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { bytesReader, testContext } from '@calve/testkit';
import { expect, it } from 'vitest';
import { firstLineEnd, RecordEnds } from '../../packages/core/src/run/segments/record-ends.ts';

const FILES: Record<string, string> = {
  'plain.csv': 'a,b\n1,2\n3,4\n\n5,6\n',
  'quoted.csv': 'a,b\n1,"x\ny"\n"",2\n"q ""u""\n""",3\n4,"\n"\n',
  'crlf.csv': 'a,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n',
  'mixed.csv': 'a,b\n1,2\r\n3,4\n5,6\r\n7,8\n',
  'ragged.csv': 'a,b\n1\n2,3\n4,5,6\n7,8\n',
  'stray.csv': 'a,b\n1,5" pipe\n2,"two\nlines"\n3,"a" b\n4,x"y\n5,"z\nz"\n6,7\n',
  'unclosed.csv': 'a,b\n1,2\n3,"never\nclosed,\n5,6\n',
  'open-end.csv': 'a,b\n1,2\n3,4',
  'lines.json': '{"a": 1}\n{"a": "x\\ny", "b": 2}\r\n\n{"a": \n[{"a": 3}, {"a": 4}]\n{"a": 5}',
};

const IRREGULAR = ['mixed.csv', 'stray.csv', 'unclosed.csv'];

const REQUEST = { columns: 'all', maxRows: 1000, maxBytes: 1 << 20 } as const;

function texts(batch: ColumnBatch): string[] {
  const { records, rows } = batch;
  const { source, starts, ends } = records as NonNullable<typeof records>;
  return Array.from(
    { length: rows },
    (_, row) => `${batch.byteOffsets?.[row]} ${Buffer.from(source.subarray(starts[row], ends[row]))}`,
  );
}

/** The records of a range with their places and lines; null: they do not count. */
async function recordsOf(decoder: Decoder, content: Uint8Array, plan: ReaderPlan, range: ReadRange) {
  const records: string[] = [];
  let lines: number | null = null;
  try {
    for await (const event of decoder.decode(bytesReader(content), plan, range, REQUEST, testContext())) {
      if (event.kind === 'finding' && range.kind === 'bytes') return null;
      if (event.kind === 'range-ended') lines = event.lines;
      if (event.kind === 'rejected')
        records.push(...event.records.map(({ raw, position, codes }) => `${position.byteOffset} ${codes} ${Buffer.from(raw)}`));
      if (event.kind !== 'batch') continue;
      records.push(...texts(event.batch));
      event.batch.release();
    }
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return null;
  }
  return range.kind === 'bytes' && lines === null ? null : { records, lines };
}

for (const [name, text] of Object.entries(FILES)) {
  it(`${name} has the same records wherever it is cut`, async () => {
    const content = new TextEncoder().encode(text);
    const format = (name.endsWith('.csv') ? csvFormat() : jsonFormat()) as FormatPlugin<unknown, unknown>;
    const decoder = await format.decoder.create(testContext(), undefined);
    const checked = format.options['~standard'].validate(name.endsWith('.csv') ? { header: true, delimiter: ',' } : {}) as {
      value: unknown;
    };
    const observation = await decoder.observe(bytesReader(content), checked.value as never, content.length, testContext(), name);
    const plan = format.lower(checked.value, observation);
    const splitting = format.split(plan);
    const lineEnd = firstLineEnd(content);
    if (splitting.kind !== 'records' || lineEnd === null) throw new Error('The file is to be cut.');
    const whole = await recordsOf(decoder, content, plan, { kind: 'whole' });
    let same = 0;
    for (let boundary = 1; boundary < content.length; boundary += 1) {
      const ends = new RecordEnds(splitting.quote);
      const copy = content.slice();
      ends.pass(copy, boundary - 1);
      const end = ends.find(copy, boundary - 1, copy.length);
      if (end < 0) continue;
      const first = await recordsOf(decoder, content, plan, { kind: 'bytes', start: 0, end, lineEnd });
      // What follows a range that does not count is not used.
      if (first === null) continue;
      const lines = content.subarray(0, end).filter((byte) => byte === 0x0a).length;
      expect(first.lines).toBe(lines);
      const second = await recordsOf(decoder, content, plan, { kind: 'bytes', start: end, end: content.length, lineEnd });
      const left = whole?.records.filter((record) => Number.parseInt(record, 10) < end);
      expect(first.records).toEqual(left);
      if (second === null) continue;
      expect([...first.records, ...second.records]).toEqual(whole?.records);
      same += 1;
    }
    // Of the others something is to be told, which takes who reads all of it.
    if (!IRREGULAR.includes(name)) expect(same).toBeGreaterThan(0);
  });
}
