import { createTestCalve } from '@calve/testkit';
import { describe, expect, it } from 'vitest';

/** Rows of `total`, which was called `amount`, beside a file in which `amount` is another column by now. */
function spec(pattern: string, total: object = {}) {
  return {
    specVersion: 1,
    id: 'orders',
    input: { source: 'files', options: { pattern }, format: 'detect' },
    outputs: [
      {
        name: 'main',
        sink: 'memory',
        options: { table: 'rows' },
        provenance: [],
        columns: { total: { renamedFrom: 'amount', ...total } },
      },
    ],
  };
}

describe('a renamed column, while another file has both names', () => {
  it('takes what stands under the former name, and no other column does: CSV', async () => {
    await using test = await createTestCalve({
      files: { 'a.csv': 'id,total\n1,1\n', 'b.csv': 'id,amount\n2,2\n', 'c.csv': 'id,total,amount\n3,3,30\n' },
    });
    await test.load(spec('*.csv'));
    expect(test.rows('rows')).toEqual([
      { id: '1', total: '1', amount: null },
      { id: '2', total: '2', amount: null },
      { id: '3', total: '3', amount: '30' },
    ]);
  });

  it('takes what stands under the former name, and no other column does: nested JSON', async () => {
    await using test = await createTestCalve({
      files: {
        'a.jsonl': '{"id":1,"total":{"net":1}}\n',
        'b.jsonl': '{"id":2,"amount":{"net":2}}\n',
        'c.jsonl': '{"id":3,"total":{"net":3},"amount":"thirty"}\n',
      },
    });
    await test.load(spec('*.jsonl'));
    expect(test.rows('rows')).toEqual([
      { id: '1', total: { net: '1' }, amount: null },
      { id: '2', total: { net: '2' }, amount: null },
      { id: '3', total: { net: '3' }, amount: 'thirty' },
    ]);
  });
});
