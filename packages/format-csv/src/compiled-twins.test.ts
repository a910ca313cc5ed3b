import type { ColumnBatch } from '@calve/core/plugin';
import { BatchMemory, giveBytesBack, takeBytes, withoutWebAssembly } from '@calve/core/plugin';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CellColumns } from './cell-columns.ts';
import { CellIndex, NULL_CELL, QUOTED_CELL, RAW_CELL } from './cell-index.ts';
import { csvKernels } from './csv-kernels.ts';
import { findMalformedText, locateMalformedText } from './replace-malformed-text.ts';

beforeAll(async () => {
  await csvKernels.open();
  expect(csvKernels.current).not.toBeNull();
});

/** Runs `use` on a copy of bytes in the arena, as the kernels need it. */
function inArena<T>(bytes: Uint8Array, use: (copy: Uint8Array) => T): T {
  const copy = takeBytes(bytes.length);
  copy.set(bytes);
  try {
    return use(copy);
  } finally {
    giveBytesBack(copy);
  }
}

/** Characters of every length and what can be wrong with them, with ASCII of any length in between. */
const texts = fc
  .array(
    fc.oneof(
      fc.nat(100).map((length) => Array.from({ length }, () => 0x41)),
      fc.string({ unit: 'binary', maxLength: 5 }).map((text) => [...new TextEncoder().encode(text)]),
      fc.constantFrom([0xc3], [0xa9], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x9d, 0x84], [0xf4, 0x90, 0x80, 0x80]),
      fc.constantFrom([0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf5, 0x80, 0x80, 0x80], [0xff]),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()));

describe('what is compiled', () => {
  it('finds the same first byte that is no UTF-8, wherever it is looked for', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (bytes, first, last) => {
        inArena(bytes, (source) => {
          const ends = [first % (bytes.length + 1), last % (bytes.length + 1)].sort((a, b) => a - b) as [number, number];
          for (const [from, to] of [[0, bytes.length] as const, ends]) {
            const expected = withoutWebAssembly(() => locateMalformedText(source, from, to));
            expect(locateMalformedText(source, from, to)).toBe(expected);
            // Node tells at once that all is valid.
            expect(findMalformedText(source, from, to)).toBe(expected);
          }
        });
      }),
      { numRuns: 5000 },
    );
  });

  it('says of every character and of every pair of bytes what its twin says', () => {
    const pair = new Uint8Array(4);
    inArena(pair, (source) => {
      for (let both = 0; both < 65_536; both += 1) {
        source.set([both >> 8, both & 0xff, 0x80, 0x80]);
        for (const to of [1, 2, 3, 4]) {
          const expected = withoutWebAssembly(() => locateMalformedText(source, 0, to));
          if (locateMalformedText(source, 0, to) !== expected) expect([...source, to]).toBe(expected);
        }
      }
    });
  });

  it('gives batches with the same nulls and quotes', () => {
    const kinds = fc.array(fc.constantFrom(RAW_CELL, QUOTED_CELL, NULL_CELL), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 3 }), (columns) => {
        const rows = Math.min(...columns.map((column) => column.length));
        const statesOf = (): unknown => {
          const fields = columns.map((_, at) => ({ name: `c${at}`, type: { kind: 'string' } as const, required: false }));
          const pending = new CellColumns(fields);
          for (let row = 0; row < rows; row += 1) {
            const index = new CellIndex();
            for (const column of columns) index.add(0, 1, column[row] as number);
            pending.add(index, 0, 1, row);
          }
          const source = takeBytes(16);
          const memory = new BatchMemory([source], () => giveBytesBack(source));
          const batch = pending.take({ bytes: source, byteOffset: 0, memory }, 0);
          pending.close();
          const states = shown(batch);
          batch.release();
          memory.release();
          return states;
        };
        expect(statesOf()).toEqual(withoutWebAssembly(statesOf));
      }),
    );
  });
});

function shown({ columns }: ColumnBatch): unknown {
  return columns.map((column) => {
    if (column.layout !== 'cells') throw new TypeError(column.layout);
    return [column.validity ? [...column.validity] : null, column.quoted ? [...column.quoted] : null];
  });
}
