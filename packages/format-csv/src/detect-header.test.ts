import { describe, expect, it } from 'vitest';
import { detectHeader } from './detect-header.ts';

describe('the first record', () => {
  it.each([
    [
      'is a header above numbers',
      [
        ['id', 'name'],
        ['1', 'x'],
        ['2', 'y'],
      ],
      true,
      '"id" stands above a column of numbers',
    ],
    ['is a header above dates', [['day'], ['2024-01-01']], true, 'dates'],
    ['is a header above numbers with placeholders', [['n'], ['1'], ['2'], ['3'], ['4'], ['NA']], true, 'numbers'],
    [
      'is data when numbers stand above numbers',
      [
        ['1', 'x'],
        ['2', 'y'],
      ],
      false,
      '"1" in the first record is a number',
    ],
    ['is data when it is alone and holds numbers', [['1', '2']], false, 'only record'],
    ['is a header when it is alone and holds names', [['id', 'name']], true, 'unique texts'],
    [
      'is a header when nothing tells',
      [
        ['x', 'x'],
        ['y', 'z'],
      ],
      true,
      'set the option "header"',
    ],
    [
      'is a header when all are texts',
      [
        ['city', 'state'],
        ['Rome', 'IT'],
      ],
      true,
      'unique texts',
    ],
    ['is judged by records of its own width', [['id', 'name'], ['footer'], ['1', 'x']], true, 'numbers'],
    [
      'is a header when an index column has no name',
      [
        [null, 'value'],
        ['0', '1.5'],
        ['1', '2.5'],
      ],
      true,
      '"value"',
    ],
  ] as const)('%s', (_, records, header, because) => {
    const detected = detectHeader(records);
    expect(detected.header).toBe(header);
    expect(detected.because).toContain(because);
  });
});
