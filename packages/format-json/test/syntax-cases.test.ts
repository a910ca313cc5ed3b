import { readFileSync } from 'node:fs';
import { CalveError } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSchema } from './parse-schema.ts';
import { bytesOf, decodeFile, plan } from './read-file.ts';

interface SyntaxCase {
  id: string;
  options: Record<string, string>;
  schema: string;
  input?: string;
  inputB64?: string;
  expected: { rows: unknown[][]; corrupt?: (string | null)[] };
}

const cases = readFileSync(new URL('./fixtures/syntax-cases.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SyntaxCase);

/** Standard JSON only: what an option of Spark allows beyond it has no counterpart. */
const deferral = ({ options }: SyntaxCase): string | null =>
  Object.keys(options).find((name) => name.startsWith('allow')) ?? null;

const row = (...cells: unknown[]) => ({ row: cells });
const rejected = (text: string, code: string) => ({ rejected: text, code });

/** Where the strict dialect, or reading element by element, gives something else than Spark's own defaults. */
const differences: Record<string, { reason: string; records?: unknown[]; refused?: string }> = {
  'json-syn-01': { reason: 'single quotes are off', records: [rejected("{'a':'x'}", 'row:json')] },
  'json-syn-23': { reason: 'a text in a text column is no fault; types are for core to see', records: [row('1'), row('x')] },
  'json-syn-24': { reason: 'a document that is cut off is no file to load', refused: 'MALFORMED_UNIT' },
  'json-syn-25': { reason: 'elements are read one by one', records: [row('1'), rejected('null', 'row:not-an-object')] },
};

const run = cases.filter((one) => deferral(one) === null);

async function read(one: SyntaxCase, chunkBytes?: number) {
  const content = one.inputB64 === undefined ? bytesOf(one.input ?? '') : new Uint8Array(Buffer.from(one.inputB64, 'base64'));
  const framing = one.options['multiLine'] === 'true' ? 'document' : 'lines';
  const { records } = await decodeFile(bytesReader(content), plan(parseSchema(one.schema), { framing }), {
    ...(chunkBytes ? { chunkBytes } : {}),
  });
  return records;
}

describe('the syntax of JSON as Spark reads it', () => {
  it.each(run)('$id', async (one) => {
    const { rows, corrupt = [] } = one.expected;
    const { records, refused } = differences[one.id] ?? {};
    const expected = rows.map((cells, index) => (corrupt[index] == null ? row(...cells) : { rejected: corrupt[index] }));
    for (const chunkBytes of [undefined, 16]) {
      const found = await read(one, chunkBytes).catch((error: unknown) => error);
      if (refused) expect(CalveError.is(found) && found.code).toBe(refused);
      else if (records) expect(found).toMatchObject(records);
      else
        expect(JSON.parse(JSON.stringify(found), (key, value) => (key === 'rejected' ? value.trimEnd() : value))).toMatchObject(
          expected,
        );
      if (!refused) expect(found).toHaveLength((records ?? expected).length);
    }
  });

  it('runs every case or says why not', () => {
    expect(cases).toHaveLength(26);
    expect(run).toHaveLength(22);
  });

  afterAll(() => {
    const left = cases
      .filter((one) => deferral(one) !== null)
      .map((one) => `  ${one.id}: needs ${deferral(one)}, standard JSON only`);
    const apart = Object.entries(differences).map(([id, { reason }]) => `  ${id}: ${reason}`);
    // Elsewhere: json-infer (39) is Spark's own inference, which nobody uses; json-convert (25) needs core and runs in test/nested-data.
    console.log(`syntax cases: ${run.length} run, left out:\n${left.join('\n')}\ndifferent on purpose:\n${apart.join('\n')}`);
  });
});
