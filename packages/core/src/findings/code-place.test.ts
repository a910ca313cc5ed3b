import { describe, expect, it } from 'vitest';
import type { ColumnType, Field } from '../columns/column-type.ts';
import { columnsOfCode } from '../replay/replay-filter.ts';
import { placeOfCode, takesNull } from './code-place.ts';

const INTEGER: ColumnType = { kind: 'int64' };
const field = (name: string, type: ColumnType, required = false): Field => ({ name, type, required });
const struct = (...fields: Field[]): ColumnType => ({ kind: 'struct', fields });
const list = (type: ColumnType, required = false): ColumnType => ({ kind: 'list', element: field('element', type, required) });
const map = (type: ColumnType): ColumnType => ({ kind: 'map', key: field('key', INTEGER, true), value: field('value', type) });

const COLUMNS = [
  field('o', struct(field('n', INTEGER), field('must', INTEGER, true), field('a.b', INTEGER))),
  field('o.x', INTEGER),
  field('tags', list(INTEGER)),
  field('whole', list(INTEGER), true),
  field('pairs', map(struct(field('n', INTEGER)))),
  field('row', INTEGER),
];

describe('the place of a code', () => {
  it.each([
    ['o.n:int64', 'o', ['n'], true],
    ['o.a.b:int64', 'o', ['a.b'], true],
    ['o.must:int64', 'o', ['must'], false],
    ['o.x:int64', 'o.x', [], true],
    ['tags.element:int64', 'tags', ['element'], true],
    ['whole.element:int64', 'whole', ['element'], false],
    ['pairs.key:int64', 'pairs', ['key'], false],
    ['pairs.value.n:int64', 'pairs', ['value', 'n'], true],
    ['pairs:duplicate-key', 'pairs', [], true],
    ['row:int64', 'row', [], true],
    ['gone.n:int64', 'gone.n', [], true],
  ])('%s is in the column %s at %j; null may stand there: %s', (code, column, path, isNullable) => {
    const place = placeOfCode(code, COLUMNS);
    expect(place).toMatchObject({ column, path, name: code.slice(0, code.indexOf(':')) });
    expect(place && takesNull(place)).toBe(isNullable);
  });

  it('is none for what is wrong with a row as a whole', () => {
    for (const code of ['row:token-count', 'row:structure', 'MALFORMED_UNIT']) expect(placeOfCode(code, COLUMNS)).toBeNull();
  });

  it('is found by the names of everything around it', () => {
    expect(columnsOfCode('o.n:int64')).toEqual(['o', 'o.n']);
    expect(columnsOfCode('row:token-count')).toEqual([]);
  });
});
