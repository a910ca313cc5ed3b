import { describe, expect, it } from 'vitest';
import { compiledSchema } from './compiled-schemas.ts';

const textOf = (name: string): string =>
  JSON.stringify({ type: 'record', name, fields: [{ name: 'a', type: 'long', 'field-id': 1 }] });

describe('compiledSchema', () => {
  it('compiles a text once', () => {
    expect(compiledSchema(textOf('once'))).toBe(compiledSchema(textOf('once')));
    expect(compiledSchema(textOf('once')).schema).toEqual(JSON.parse(textOf('once')));
  });

  it('forgets the oldest, so that tables of many schemas take no memory', () => {
    const first = compiledSchema(textOf('first'));
    for (let count = 0; count < 16; count += 1) compiledSchema(textOf(`later_${count}`));
    expect(compiledSchema(textOf('first'))).not.toBe(first);
    expect(compiledSchema(textOf('later_15'))).toBe(compiledSchema(textOf('later_15')));
  });

  it('keeps none that is very long, and none that is wrong', () => {
    const long = JSON.stringify({ type: 'fixed', name: 'n'.repeat(70_000), size: 4 });
    expect(compiledSchema(long)).not.toBe(compiledSchema(long));
    for (const wrong of ['{', '"nothing"', '7', '{', '"nothing"'])
      expect(() => compiledSchema(wrong)).toThrow(expect.objectContaining({ code: 'ICEBERG_AVRO_INVALID' }));
  });
});
