import type { CallContext, ObjectSession, SourcePlugin } from '@calve/core/plugin';

/** What a wrapped session does otherwise. */
export type SessionChanges = Partial<Pick<ObjectSession, 'list' | 'open' | 'check' | 'close'>>;

/** The same plugin, each session of which does some things otherwise. Sources of records stay as they are. */
export function wrapSessions<Output, Input>(
  source: SourcePlugin<Output, Input>,
  change: (session: ObjectSession, context: CallContext) => SessionChanges,
): SourcePlugin<Output, Input> {
  return {
    ...source,
    async connect(options, context) {
      const session = await source.connect(options, context);
      if (session.kind !== 'objects') return session;
      return {
        kind: 'objects',
        list: (request) => session.list(request),
        open: (unit, call) => session.open(unit, call),
        check: () => session.check(),
        externalAccess: () => session.externalAccess(),
        close: () => session.close(),
        ...change(session, context),
      };
    },
  };
}
