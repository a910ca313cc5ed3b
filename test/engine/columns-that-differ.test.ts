import { createTestCalve } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const names = ['a', 'b', 'c', 'd'];
const record = fc.dictionary(
  fc.constantFrom(...names),
  fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('x', 'y') }),
  {
    noNullPrototype: true,
  },
);
const file = fc.array(record, { minLength: 1, maxLength: 3 });

describe('files of one batch with different columns', () => {
  it.each(['jsonl', 'csv'])('keep every value under its name: %s', async (ending) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 4 }), async (files) => {
        const rows = files.flatMap((records, number) => records.map((one, line) => ({ key: `${number}-${line}`, ...one })));
        const contents = files.map((records, number) => {
          const keyed = records.map((one, line): Record<string, string> => ({ key: `${number}-${line}`, ...one }));
          if (ending === 'jsonl') return keyed.map((one) => `${JSON.stringify(one)}\n`).join('');
          const columns = [...new Set(keyed.flatMap((one) => Object.keys(one)))];
          return [columns, ...keyed.map((one) => columns.map((name) => one[name] ?? ''))]
            .map((cells) => `${cells.join(',')}\n`)
            .join('');
        });
        const entries = contents.map((content, number) => [`${number}.${ending}`, content]);
        await using test = await createTestCalve({ files: Object.fromEntries(entries) });
        await test.load();
        const loaded = test.rows().map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
        const byKey = (one: Record<string, unknown>): string => String(one['key']);
        const sorted = (all: Record<string, unknown>[]) => [...all].sort((one, other) => (byKey(one) < byKey(other) ? -1 : 1));
        expect(sorted(loaded)).toEqual(sorted(rows));
        compared += rows.length;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
