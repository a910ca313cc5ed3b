import { describe, expect, it } from 'vitest';
import { refusedForDeletes, refusedForFormat, refusedForPartitioning } from './refused-table.ts';

describe('a refusal', () => {
  it('quotes the names of the table for Spark', () => {
    expect(refusedForFormat(['my lake', "it's", 'a`b'], 'ORC').context).toEqual({
      table: "it's.a`b",
      statements: [
        "ALTER TABLE `my lake`.`it's`.`a``b` SET TBLPROPERTIES ('write.format.default' = 'parquet')",
        "CALL `my lake`.system.rewrite_data_files(table => '`it\\'s`.`a``b`', options => map('rewrite-all', 'true'))",
      ],
    });
  });

  it('says what is wrong with which table, and shows every statement', () => {
    for (const { message, context } of [
      refusedForDeletes(['calve', 'sales', 'orders'], { position: 1, equality: 0 }),
      refusedForDeletes(['calve', 'sales', 'orders'], { position: 1, equality: 1 }),
      refusedForPartitioning(['calve', 'sales', 'orders'], 'file:///a.parquet'),
    ]) {
      expect(message).toMatch(/^sales\.orders has /);
      const { statements } = context as { statements: string[] };
      expect(statements.length).toBeGreaterThan(0);
      expect(message).toContain(statements.join('; '));
    }
  });

  it('names the calls by what the delete files hold', () => {
    const callsFor = (position: number, equality: number) =>
      (refusedForDeletes(['calve', 'a', 'b'], { position, equality }).context as { statements: string[] }).statements.map(
        (statement) => /system\.(\w+)/.exec(statement)?.[1],
      );
    expect(callsFor(3, 0)).toEqual(['rewrite_data_files', 'rewrite_position_delete_files']);
    expect(callsFor(0, 1)).toEqual(['rewrite_data_files', 'rewrite_data_files']);
  });
});
