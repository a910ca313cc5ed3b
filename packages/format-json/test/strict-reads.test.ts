import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CalveError, withoutWebAssembly } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonKernels } from '../src/json-kernels.ts';
import { parseSchema } from './parse-schema.ts';
import { bytesOf, decodeFile, plan, type ReadRecord } from './read-file.ts';

interface StrictRead {
  id: string;
  options: Record<string, string>;
  schema: string;
  input?: string;
  inputB64?: string;
  files?: { name: string; input?: string; inputB64?: string; gzip?: boolean }[];
  expected: { rows?: unknown[][]; corrupt?: (string | null)[] };
  expectedBy?: Record<string, StrictRead['expected']>;
}

const lines = readFileSync(new URL('./fixtures/strict-reads.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as StrictRead);

const row = (...cells: unknown[]) => ({ row: cells });
const rejected = (text: string, code: string) => ({ rejected: text, code });
const inDocument =
  'Spark gives up the whole document for one bad element; here the elements are read one by one, and the bad one is rejected';
const notUtf8 = 'Spark takes bytes that are not UTF-8 for characters; here they are what they are';
const exact = 'Spark writes the text anew, since it cannot go back in its input; here it is exact always';

/** Java shows one U+FFFD for a surrogate that was written in UTF-8, and others three. */
const SHOWN_BY_JAVA: Readonly<Record<string, (text: string) => string>> = {
  'sr-jsyn-60': (text) => text.replace('\ufffd\ufffd\ufffd', '\ufffd'),
};

/** Where we differ from Spark on purpose: what we do instead. */
const differences: Record<string, { reason: string; records?: unknown[]; refused?: string }> = {
  'sr-jtext-80': { reason: exact, records: [row('[ 1.50 ]'), row('{"x" : 2.0}')] },
  'sr-jtext-82': { reason: exact, records: [row('[ 1.50 ]'), row('1.10')] },
  'sr-jtext-83': { reason: 'UTF-16 is refused before it is decoded', refused: 'MALFORMED_UNIT' },
  'sr-jsyn-62': { reason: notUtf8, records: [rejected('{"a":"x\ufffd\ufffd\ufffd\ufffdy"}', 'row:encoding'), row('ok')] },
  'sr-jsyn-63': { reason: notUtf8, records: [rejected('{"a":"x\ufffd\ufffdy"}', 'row:encoding'), row('ok')] },
  'sr-jml-05': { reason: 'a document that is cut off is no file to load', refused: 'MALFORMED_UNIT' },
  'sr-jml-06': { reason: inDocument, records: [row('1'), rejected('2', 'row:not-an-object')] },
  'sr-jml-07': { reason: inDocument, records: [row('1'), rejected('null', 'row:not-an-object')] },
  'sr-jml-13': { reason: 'what follows such an element is not certain', refused: 'MALFORMED_UNIT' },
};

function contentOf(line: StrictRead): { content: Uint8Array; isGzip: boolean } {
  const [one = line] = line.files ?? [];
  const content = one.inputB64 === undefined ? bytesOf(one.input ?? '') : new Uint8Array(Buffer.from(one.inputB64, 'base64'));
  const isGzip = 'gzip' in one && one.gzip === true;
  return { content: isGzip ? new Uint8Array(gzipSync(content)) : content, isGzip };
}

async function read(line: StrictRead, chunkBytes?: number): Promise<ReadRecord[]> {
  const { content, isGzip } = contentOf(line);
  const framing = line.options['multiLine'] === 'true' ? 'document' : 'lines';
  const reader = plan(parseSchema(line.schema), { framing, compression: isGzip ? 'gzip' : null });
  return (await decodeFile(bytesReader(content), reader, chunkBytes ? { chunkBytes } : {})).records;
}

const rungs: [string, <T>(work: () => T) => T][] = [
  ['compiled', (work) => work()],
  ['plain', withoutWebAssembly],
];

beforeAll(() => jsonKernels.open());

describe.each(rungs)('files as Spark 4.1 reads them, %s', (_, on) => {
  it.each(lines.filter(({ id }) => !differences[id]))('$id', async (line) => {
    const { rows = [], corrupt = [] } = line.expected;
    const expected = rows.map((cells, index) => (corrupt[index] == null ? { row: cells } : { rejected: corrupt[index] }));
    // 16 bytes at a time put a boundary into everything.
    for (const chunkBytes of [undefined, 16]) {
      const shown = SHOWN_BY_JAVA[line.id] ?? ((text: string) => text);
      const records = (await on(() => read(line, chunkBytes))).map((record) =>
        'row' in record ? record : { rejected: shown(record.rejected) },
      );
      expect(records).toEqual(expected);
    }
  });

  it.each(lines.filter(({ id }) => differences[id]))('$id, where we differ on purpose', async (line) => {
    const { records = [], refused } = differences[line.id] as (typeof differences)[string];
    for (const chunkBytes of [undefined, 16]) {
      const found = await on(() => read(line, chunkBytes)).catch((error: unknown) => error);
      if (refused) expect(CalveError.is(found) && [found.code, found.recovery.kind]).toEqual([refused, 'fix-input']);
      else expect(found).toMatchObject(records);
    }
  });

  it('runs every line', () => {
    expect(lines).toHaveLength(192);
    expect(Object.keys(differences).filter((id) => !lines.some((line) => line.id === id))).toEqual([]);
  });
});

afterAll(() => {
  const apart = Object.entries(differences).map(([id, { reason }]) => `  ${id}: ${reason}`);
  console.log(`strict reads of JSON: ${lines.length} run; different on purpose:\n${apart.join('\n')}`);
});
