import { deepStrictEqual as equal, rejects, strictEqual as same } from 'node:assert';
import { CalveError } from '@calve/core/plugin';
import { withAttempts } from '../doubles/test-intent.ts';
import { appendRows, commitIntent, expectedRows, ROWS, stageRows, tableRows } from './sink-examples.ts';
import type { DefineSinkCase } from './sink-session-cases.ts';

/** The cases of files that were staged and are given up: they go where that is safe for certain, and stay everywhere else. */
export function defineAbandonCases(define: DefineSinkCase): void {
  define('stagedFilesExist: true until a file is gone; abandon deletes what was never sent', async (place) => {
    const { session } = place;
    const intent = await stageRows(place);
    same(await session.stagedFilesExist(intent, 'main'), true);
    await session.abandon(intent, 'main');
    same(await session.stagedFilesExist(intent, 'main'), false);
  });

  define('abandon: deletes when every attempt was refused', async (place) => {
    const intent = withAttempts(await stageRows(place), 'main', ['refused', 'refused']);
    await place.session.abandon(intent, 'main');
    same(await place.session.stagedFilesExist(intent, 'main'), false);
  });

  define('abandon: keeps files that the table has had since, for an intent from an old copy of the state', async (place) => {
    const { session, target } = place;
    const copy = await stageRows(place);
    const later = [{ id: 5n, name: 'five' }];
    await commitIntent(session, copy);
    for (const rows of [ROWS, [...ROWS, ...later]]) {
      // As the copy has it, nothing was ever sent.
      await rejects(
        () => session.abandon(copy, 'main'),
        (error) => CalveError.is(error) && error.code === 'COMMIT_STATE_UNKNOWN',
      );
      same(await session.stagedFilesExist(copy, 'main'), true);
      equal(await tableRows(session, target), expectedRows(rows));
      if (rows === ROWS) await appendRows(place, { sequence: 2, rows: later });
    }
  });

  for (const outcome of [null, 'unknown', 'conflict', 'committed'] as const) {
    define(`abandon: refuses, and deletes nothing, when an attempt was ${outcome ?? 'not answered'}`, async (place) => {
      const intent = withAttempts(await stageRows(place), 'main', ['refused', outcome]);
      await rejects(
        () => place.session.abandon(intent, 'main'),
        (error) => CalveError.is(error) && error.code === 'COMMIT_STATE_UNKNOWN',
      );
      same(await place.session.stagedFilesExist(intent, 'main'), true);
    });
  }
}
