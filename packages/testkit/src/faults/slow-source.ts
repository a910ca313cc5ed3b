import type { Environment, SourcePlugin } from '@calve/core/plugin';
import { wrapSessions } from './wrap-session.ts';

/** How long a source takes, in milliseconds. Default 0: a turn of the event loop. */
export interface SourceDelays {
  /** Before each page. */
  page?: number;
  /** Before an object is open. */
  open?: number;
  /** Before each read. */
  read?: number;
}

/**
 * The same source on a slow line. Every wait is one on `clock` and ends with `CANCELLED` when the signal is aborted.
 *
 * @param clock A `manualClock()`, or an environment.
 */
export function slowSource<Output, Input>(
  source: SourcePlugin<Output, Input>,
  clock: Pick<Environment, 'sleep'>,
  delays: SourceDelays,
): SourcePlugin<Output, Input> {
  const { page: pageDelay = 0, open: openDelay = 0, read: readDelay = 0 } = delays;
  return wrapSessions(source, (session) => ({
    async *list(request) {
      await clock.sleep(pageDelay, request.signal);
      for await (const page of session.list(request)) {
        yield page;
        await clock.sleep(pageDelay, request.signal);
      }
    },
    async open(unit, context) {
      await clock.sleep(openDelay, context.signal);
      const reader = await session.open(unit, context);
      return {
        sizeBytes: reader.sizeBytes,
        async read(target, offset) {
          await clock.sleep(readDelay, context.signal);
          return reader.read(target, offset);
        },
        verify: () => reader.verify(),
        close: () => reader.close(),
      };
    },
  }));
}
