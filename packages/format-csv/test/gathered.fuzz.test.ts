import { arena, completeLimits, withoutWebAssembly } from '@calve/core/plugin';
import { seededRandom, testContext } from '@calve/testkit';
import { expect, it } from 'vitest';
import { csvKernels } from '../src/csv-kernels.ts';
import { GatheredRecords } from '../src/gather-records.ts';
import type { PlainBatch } from './decoding-outcome.ts';
import { outcomeOf, plainBatch, planOf, USUAL } from './decoding-outcome.ts';

const FOLDERS = 400;
const FILES = 12;
const SEEDS = [1, 2, 3];

const KINDS = [
  'id,name,note\n1,"a, b",\n2,"say ""hi""",x\n3,"two\nlines",""\n4,é,"ü""ß"\n',
  'a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n16,17,18\n19,20,21\n22,,24',
  '\ufeffid,name,note\r\n1,"a; b",\r\n2,x y,z\r\n3,"","q""r"\r\n',
  'id,name,note\r1,x,y\r2,"z",ä\r',
  'id,name,note\n# no data\n1,a,b\n\n2,"",x\n',
  'id,name,note\n',
];
const SPICE = [...Buffer.from(',"\n\r #a1'), 0x00, 0x80, 0xc3, 0xa9, 0xff];

/** The batch of a file that is decoded alone; null: something else has to be told of it. */
function onlyRows(outcome: readonly unknown[]): PlainBatch[] | null {
  const batches: PlainBatch[] = [];
  for (const event of outcome.slice(0, -3) as (PlainBatch & { kind?: string; reason?: string })[]) {
    if (event.kind === undefined && event.records !== undefined) batches.push(event);
    else if (event.kind !== 'skipped') return null;
  }
  return batches;
}

const rowsOf = (batches: readonly PlainBatch[]): unknown[] =>
  batches.flatMap(({ records, offsets, lines, columns }) =>
    records.map((record, row) => [record, offsets[row], lines[row], columns.map(({ cells }) => cells[row])]),
  );

it.each(SEEDS)(
  'files that are gathered have the rows that each has alone, and nothing else to tell, from seed %d on',
  async (seed) => {
    const random = seededRandom(seed);
    await csvKernels.open();
    let gatheredFiles = 0;
    for (let folder = 0; folder < FOLDERS; folder += 1) {
      const kind = KINDS[random.below(KINDS.length)] as string;
      const dialect = { ...USUAL, header: random.below(4) > 0, comment: random.below(2) === 0 ? '#' : null };
      const limits = random.below(4) === 0 ? { cellBytes: 12, recordBytes: 24, headerBytes: random.below(8) === 0 ? 8 : 64 } : {};
      const request = { columns: 'all', maxRows: 16_384, maxBytes: 1 << 20 } as const;
      const files = Array.from({ length: FILES }, () => {
        const bytes = [...Buffer.from(kind)];
        for (let left = random.below(3); left > 0; left -= 1) {
          const piece = Array.from({ length: random.below(3) }, () => SPICE[random.below(SPICE.length)] as number);
          bytes.splice(random.below(bytes.length + 1), random.below(3), ...piece);
        }
        return Uint8Array.from(bytes);
      });
      const gather = async (): Promise<void> => {
        const context = testContext({ limits: completeLimits(limits) });
        const gatherer = new GatheredRecords(planOf(dialect, 3), request, context, 1 << 20);
        const expected: unknown[] = [];
        for (const content of files) {
          const room = (await gatherer.room(content.length)) as Uint8Array;
          room.set(content);
          const rows = gatherer.add(content.length);
          if (rows < 0) continue;
          gatheredFiles += 1;
          const reading = { content, columns: 3, dialect, request, chunkBytes: 1 << 20, limits };
          const alone = onlyRows(await outcomeOf(reading, 'tokenizer'));
          expect(alone, JSON.stringify(Buffer.from(content).toString('latin1'))).not.toBeNull();
          expect(rowsOf(alone ?? [])).toHaveLength(rows);
          expected.push(...rowsOf(alone ?? []));
        }
        const batch = gatherer.take();
        expect(batch === null ? [] : rowsOf([plainBatch(batch)])).toEqual(expected);
        gatherer.close();
      };
      const before = arena()?.bytesInUse;
      await gather();
      expect(arena()?.bytesInUse).toBe(before);
      await withoutWebAssembly(gather);
    }
    // Of both rounds about half, since few bytes are changed; some limits let no file through.
    expect(gatheredFiles).toBeGreaterThan(FOLDERS * FILES * 0.9);
  },
);
