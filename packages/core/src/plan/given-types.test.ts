import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { givenTypes } from './given-types.ts';

const int64 = { kind: 'int64' } as const;
const date = { kind: 'date' } as const;

describe('columns whose types are given', () => {
  it.each<[string, Record<string, ColumnSpec>, [string, unknown[]][]]>([
    [
      'go by the name in the file, in lower case',
      { Id: { type: int64 }, day: { type: date, from: ['DAY'] } },
      [
        ['id', [{ type: int64, exact: false }]],
        ['day', [{ type: date, exact: false }]],
      ],
    ],
    [
      'have all types that are made of them',
      { a: { type: int64 }, b: { type: date, from: ['a'], parse: { exact: true } } },
      [
        [
          'a',
          [
            { type: int64, exact: false },
            { type: date, exact: true },
          ],
        ],
      ],
    ],
    [
      'may bear a former name',
      { key: { type: int64, renamedFrom: 'id' } },
      [
        ['key', [{ type: int64, exact: false }]],
        ['id', [{ type: int64, exact: false }]],
      ],
    ],
    [
      'may be left out, or read by rules of their own: no value is judged',
      { a: { drop: true }, b: { type: date, formats: ['dd/MM/yyyy'] } },
      [
        ['a', []],
        ['b', []],
      ],
    ],
    ['are not those of which one use has no type', { a: { trim: true }, b: { type: int64, from: ['a'] } }, []],
    ['are not those of which a part is read', { city: { type: int64, from: ['place', 'city'] } }, []],
  ])('%s', (_, columns, expected) => {
    expect([...givenTypes(columns)]).toEqual(expected);
  });
});
