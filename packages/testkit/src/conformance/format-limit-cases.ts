import assert from 'node:assert/strict';
import { CalveError, completeLimits, type InputLimits } from '@calve/core/plugin';
import { testContext } from '../doubles/test-context.ts';
import { type FormatFiles, forEachFile, readUnknown } from './format-world.ts';

const LIMITS = [
  ['recordBytes', 'LIMIT_LINE', 'a record'],
  ['cellBytes', 'LIMIT_CELL', 'a cell'],
  ['columns', 'LIMIT_COLUMNS', 'the number of columns'],
  ['headerBytes', 'LIMIT_HEADER', 'a header'],
  ['nameCharacters', 'LIMIT_NAME', 'the name of a column'],
] as const satisfies readonly [keyof InputLimits, string, string][];

/** One case for each limit of a file that only the format can see. */
export function defineLimitCases(define: (name: string, run: (files: FormatFiles) => Promise<void>) => void): void {
  for (const [limit, code, what] of LIMITS) {
    define(`limits: ${what} beyond ${limit} is ${code}, with nothing left behind`, async (files) => {
      let met = 0;
      await forEachFile(files, async (file) => {
        const context = testContext({ limits: completeLimits({ [limit]: 1 }) });
        try {
          await readUnknown(file, file.content, context);
        } catch (error) {
          assert.ok(CalveError.is(error) && error.recovery.kind === 'fix-input', String(error));
          // A small limit is met by the first thing that is too large; another limit has no part in it.
          assert.equal(error.code, code, error.message);
          assert.ok(error.message.includes(limit), 'the message does not name the limit to raise');
          met += 1;
        }
        assert.equal(context.outstandingReservations, 0);
      });
      assert.ok(met > 0, `no file of the suite went beyond ${limit}`);
    });
  }
}
