import type { ByteReader, CalveError, ObjectUnit, SourcePlugin } from '@calve/core/plugin';
import { wrapSessions } from './wrap-session.ts';

/** Where a source fails. What is left out works. */
export interface SourceFaults {
  connect?: CalveError;
  /** A listing that breaks off after so many pages. 0: before the first one. */
  list?: { afterPages: number; error: CalveError };
  /** Asked for each object that is opened; null: it opens. */
  open?(unit: ObjectUnit): CalveError | null;
  /** Puts `failingReader`, `changingReader` or a reader of its own around what was opened. */
  reader?(reader: ByteReader, unit: ObjectUnit): ByteReader;
  /** Thrown after the session was closed all the same. */
  close?: CalveError;
}

/** The same source with faults. */
export function failingSource<Output, Input>(
  source: SourcePlugin<Output, Input>,
  faults: SourceFaults,
): SourcePlugin<Output, Input> {
  const wrapped = wrapSessions(source, (session) => ({
    async *list(request) {
      let pages = 0;
      for await (const page of session.list(request)) {
        if (faults.list && pages === faults.list.afterPages) throw faults.list.error;
        pages += 1;
        yield page;
      }
      if (faults.list && pages <= faults.list.afterPages) throw faults.list.error;
    },
    async open(unit, context) {
      const error = faults.open?.(unit);
      if (error) throw error;
      const reader = await session.open(unit, context);
      return faults.reader?.(reader, unit) ?? reader;
    },
    async close() {
      await session.close();
      if (faults.close) throw faults.close;
    },
  }));
  return {
    ...wrapped,
    connect: async (options, context) => {
      if (faults.connect) throw faults.connect;
      return wrapped.connect(options, context);
    },
  };
}
