import assert from 'node:assert/strict';
import { testContext } from '../doubles/test-context.ts';
import { ALL, type DefineFormatCase } from './format-world.ts';
import { renderRows } from './render-batch.ts';

/** The case of `gather`, which a format may do without. */
export function defineGatheringCases(define: DefineFormatCase): void {
  define('gather: a unit that is taken has the rows that it has alone, and nothing else to tell', async (file) => {
    const context = testContext();
    const gatherer = await file.decoder.gather?.(file.plan, ALL, context);
    if (!gatherer) return;
    const { content, rows, whole } = file;
    const expected: string[] = [];
    try {
      for (let unit = 0; unit < 3; unit += 1) {
        const room = await gatherer.room(content.length);
        if (room === null) break;
        assert.equal(room.length, content.length);
        room.set(content);
        const added = gatherer.add(content.length);
        if (added < 0) continue;
        assert.equal(added, rows.length);
        assert.equal(whole.records.length, rows.length, 'records are rejected');
        assert.deepEqual(whole.findings, []);
        expected.push(...rows.map(withoutNumber));
      }
      const batch = gatherer.take();
      assert.deepEqual(batch === null ? [] : renderRows(batch).map(withoutNumber), expected);
      batch?.release();
    } finally {
      gatherer.close();
    }
    assert.equal(context.outstandingReservations, 0, 'memory of the run is held');
  });
}

/** Rows of a batch are numbered through, those of a unit from its beginning. */
function withoutNumber(row: string): string {
  return row.slice(row.indexOf(' ') + 1);
}
