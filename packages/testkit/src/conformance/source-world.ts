import type { ListPage, ListRequest, ObjectSession, ObjectUnit, SourcePlugin } from '@calve/core/plugin';
import { testContext } from '../doubles/test-context.ts';

/** Storage of a test, empty when it starts. */
export interface SourceWorld {
  source: SourcePlugin<unknown, unknown>;
  /** What a user would write to ingest everything, or what fits `pattern`. */
  options(choice: { pattern?: string }): unknown;
  /** Writes an object, or a new version of it. `name` may hold `/`. Default time: 2024-01-01. */
  put(name: string, content: Uint8Array, modifiedAt?: number): Promise<void>;
  remove(name: string): Promise<void>;
  stop?(): Promise<void>;
}

/** Connects with options that went through the source's own schema. The session is closed when the case ends. */
export type Connect = (choice?: { pattern?: string }) => Promise<ObjectSession>;

/** Adds a case, which gets a fresh world. */
export type DefineSourceCase = (name: string, body: (world: SourceWorld, connect: Connect) => Promise<void>) => void;

/** Runs one case in a world of its own, and closes what it opened. */
export async function withSourceWorld(
  start: () => Promise<SourceWorld>,
  body: (world: SourceWorld, connect: Connect) => Promise<void>,
): Promise<void> {
  const world = await start();
  const sessions: ObjectSession[] = [];
  try {
    await body(world, async (choice = {}) => {
      const checked = await world.source.options['~standard'].validate(world.options(choice));
      if (checked.issues) throw new TypeError(`the options of the harness are refused: ${checked.issues[0]?.message}`);
      const session = await world.source.connect(checked.value, testContext());
      if (session.kind !== 'objects') throw new TypeError('the suite is for sources of objects');
      sessions.push(session);
      return session;
    });
  } finally {
    for (const session of sessions) await session.close();
    await world.stop?.();
  }
}

/** A whole listing. */
export async function pagesOf(session: ObjectSession, request: Partial<ListRequest> = {}): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  for await (const page of session.list({ signal: new AbortController().signal, ...request })) pages.push(page);
  return pages;
}

/** The units of a whole listing. */
export async function unitsOf(session: ObjectSession): Promise<ObjectUnit[]> {
  return (await pagesOf(session)).flatMap((page) => page.units);
}
