import { deepStrictEqual as equal, ok, strictEqual as same } from 'node:assert';
import { nodeEnvironment } from '@calve/core/node';
import type { ListPage, ListRequest, ObjectSession, ObjectUnit, SourcePlugin } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { jumpingClock } from '../doubles/jumping-clock.ts';
import { type TestContext, testContext } from '../doubles/test-context.ts';

/** Storage of a test, empty when it starts. */
export interface SourceWorld {
  source: SourcePlugin<unknown, unknown>;
  /** What a user would write to ingest everything, or what fits `pattern`. */
  options(choice: { pattern?: string }): unknown;
  /** Writes an object, or a new version of it. `name` may hold `/`. Default time: 2024-01-01. */
  put(name: string, content: Uint8Array, modifiedAt?: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Options that name a place which does not exist. */
  missing?: unknown;
  /** Takes away the permission to read an object, or makes reading it fail, while its name can still be listed. */
  makeUnreadable?(name: string): Promise<void>;
  /** Makes the storage unreachable until `stop`: ends the server, deletes the folder. */
  breakStorage?(): Promise<void>;
  /** What `resolveSecret` knows, by name. Default: nothing, so that a source which asks for a secret fails. */
  secrets?: Readonly<Record<string, string>>;
  stop?(): Promise<void>;
}

/** Connects with options that went through the source's own schema. The session is closed when the case ends. */
export type Connect = (choice?: { pattern?: string }) => Promise<ObjectSession>;

/** One case in a world of its own; `context` is the one that its sessions were given. */
export type SourceCaseBody = (world: SourceWorld, connect: Connect, context: TestContext) => Promise<void>;

/** Adds a case, which gets a fresh world. */
export type DefineSourceCase = (name: string, body: SourceCaseBody) => void;

/**
 * Runs one case in a world of its own, closes what it opened, and looks whether everything was given back and every report is one that core
 * can pass on.
 */
export async function withSourceWorld(start: () => Promise<SourceWorld>, body: SourceCaseBody): Promise<void> {
  const world = await start();
  const context = contextOf(world);
  const sessions: ObjectSession[] = [];
  try {
    await body(
      world,
      async (choice = {}) => {
        const session = await connectWith(world, world.options(choice), context);
        sessions.push(session);
        return session;
      },
      context,
    );
  } finally {
    for (const session of sessions) await session.close();
    await world.stop?.();
  }
  same(context.outstandingReservations, 0, 'memory was reserved and not released when all was closed');
  for (const report of context.reports) {
    ok(report.code.length > 0 && report.message.length > 0, 'a report without code or message');
    equal(JSON.parse(JSON.stringify(report)), report, 'a report is not plain JSON');
  }
}

/** A session with options that went through the source's own schema. The caller closes it. */
export async function connectWith(world: SourceWorld, options: unknown, context: TestContext): Promise<ObjectSession> {
  const checked = await world.source.options['~standard'].validate(options);
  if (checked.issues) throw new TypeError(`the options of the harness are refused: ${checked.issues[0]?.message}`);
  const session = await world.source.connect(checked.value, context);
  if (session.kind !== 'objects') throw new TypeError('the suite is for sources of objects');
  return session;
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

/** What a call threw. Fails when it threw nothing, or no `CalveError`. */
export async function errorOf(call: () => Promise<unknown>): Promise<CalveError> {
  try {
    await call();
  } catch (error) {
    ok(CalveError.is(error), `a foreign error came out: ${String(error)}`);
    ok(error.message.length > 0, 'an error without a message');
    return error;
  }
  throw new TypeError('nothing was thrown');
}

/** Fails with a sentence for the author of the harness when it lacks what a case needs. */
export function requireOf<T>(value: T | undefined, member: keyof SourceWorld): T {
  if (value === undefined)
    throw new TypeError(`the world has no \`${member}\`; add it, or an exception that says why there is none`);
  return value;
}

/** Its clock jumps: sources wait between their tries, and nobody has to wait for that. */
function contextOf({ secrets = {} }: SourceWorld): TestContext {
  return testContext({
    environment: { ...nodeEnvironment(), ...jumpingClock() },
    resolveSecret: async ({ secret }) => {
      const value = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
      if (value !== undefined) return value;
      throw new CalveError('CONFIGURATION_INVALID', `The world of the suite knows no secret "${secret}".`, {
        recovery: 'fix-access',
      });
    },
  });
}
