import assert from 'node:assert/strict';
import { CalveError } from '@calve/core/plugin';
import { bytesReader } from '../doubles/bytes-reader.ts';
import { seededRandom } from '../doubles/seeded-random.ts';
import { testContext } from '../doubles/test-context.ts';
import { damaged } from './damaged-bytes.ts';
import { ALL, type DefineFormatCase, hasCode, LARGE_BYTES, observe, readUnknown, traceOf } from './format-world.ts';

/** The cases of what `observe` and `decode` have in common: readers, signals, broken files. */
export function defineHostileCases(define: DefineFormatCase): void {
  define('the reader is neither closed nor verified by the format', async (file) => {
    const reader = bytesReader(file.content);
    await observe(file.format, reader, file.options, file.content.length, testContext());
    await traceOf(file, reader);
    assert.deepEqual([reader.closes, reader.verifies], [0, 0]);
  });

  define('a cancelled signal ends observe and decode with CANCELLED', async (file) => {
    const context = testContext({ signal: AbortSignal.abort() });
    const isCancelled = hasCode('CANCELLED');
    await assert.rejects(observe(file.format, bytesReader(file.content), file.options, 1000, context), isCancelled);
    await assert.rejects(traceOf(file, bytesReader(file.content), ALL, context), isCancelled);
    assert.equal(context.outstandingReservations, 0);
  });

  define('a truncated file is read or refused with an error that says so', async (file) => {
    const step = Math.max(1, Math.floor(file.content.length / (file.content.length > LARGE_BYTES ? 10 : 40)));
    for (let length = 0; length < file.content.length; length += step) {
      const context = testContext();
      try {
        await traceOf(file, bytesReader(file.content.slice(0, length)), ALL, context);
      } catch (error) {
        assert.ok(CalveError.is(error) && error.recovery.kind === 'fix-input', String(error));
      }
      assert.equal(context.outstandingReservations, 0);
    }
  });

  define('damaged bytes are read or refused with an error that says so, and never break anything else', async (file) => {
    const random = seededRandom(7);
    for (let turn = 0; turn < 60; turn += 1) {
      const context = testContext();
      const content = damaged(file.content.subarray(0, 8192), random);
      try {
        await readUnknown(file, content, context);
      } catch (error) {
        assert.ok(CalveError.is(error) && error.recovery.kind === 'fix-input' && error.message.length > 0, String(error));
      }
      assert.equal(context.outstandingReservations, 0);
    }
  });
}
