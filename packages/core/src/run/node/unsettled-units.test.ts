import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Head } from '../../checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import { sqliteState } from './sqlite-checkpoint-store.ts';

const ledger = { tenant: 'default', ingestion: 'orders' };
const head: Head = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null, tag: 't' };

function record(key: string, settled: boolean): UnitRecord {
  const unit = { place: key, fingerprint: key, uri: key, version: '1', sizeBytes: 1, modifiedAt: '2026-01-01T00:00:00.000Z' };
  return { unit: { kind: 'object', key, ...unit }, state: settled ? 'ingested' : 'held', sequence: 1, counts: null, attempts: 1 };
}

describe('the units of a page that need a look', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'calve-unsettled-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  // Few and short keys, so that they meet; some that order differently in UTF-8 and in UTF-16, and the characters that escaping is made of.
  const keys = fc.string({
    unit: fc.constantFrom('a', 'b', '\u0001', '\u0002', '"', '\u0000', '\uffee', '😀', '\ud83d'),
    maxLength: 4,
  });

  it('include all that are not settled, whatever else is asked for and lies between', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(keys, fc.boolean()), { selector: ([key]) => key, maxLength: 60 }),
        fc.array(keys, { maxLength: 12 }),
        async (known, more) => {
          const store = await sqliteState(join(folder, `${++count}.db`)).open();
          try {
            await store.advance(
              ledger,
              'absent',
              head,
              known.map(([key, settled]) => record(key, settled)),
            );
            const asked = [...known.slice(0, 8).map(([key]) => key), ...more];
            const settled = new Set(known.flatMap(([key, isSettled]) => (isSettled ? [key] : [])));
            const answer = await store.unsettled(ledger, asked);
            for (const key of asked) if (!settled.has(key)) expect(answer).toContain(key);
            expect([...answer].every((key) => asked.includes(key))).toBe(true);
          } finally {
            await store.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are found in one stretch of the ledger, and one by one where many others lie between them', async () => {
    const store = await sqliteState(join(folder, 'spread.db')).open();
    const all = Array.from({ length: 5000 }, (_, index) => `orders-${String(index).padStart(5, '0')}`);
    await store.advance(
      ledger,
      'absent',
      head,
      all.map((key) => record(key, key !== 'orders-00077')),
    );
    expect(await store.unsettled(ledger, all)).toEqual(new Set(['orders-00077']));
    expect(await store.unsettled(ledger, all.slice(100, 1100).toReversed())).toEqual(new Set());
    const spread = all.filter((_, index) => index % 7 === 0);
    expect(await store.unsettled(ledger, [...spread, 'orders-x'])).toEqual(new Set(['orders-00077', 'orders-x']));
    await store.close();
  });
});
