import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import type { SinkSession } from '../sink/sink.ts';
import { limitedSource } from '../source/limited-source.ts';
import type { ObjectSession } from '../source/source.ts';
import { type CalveConfiguration, pluginOf } from './calve-configuration.ts';

/** Works with sessions and closes them. Where both fail, the failure of the work is the one that is thrown. */
export async function withConnections<T>(
  configuration: CalveConfiguration,
  context: CallContext,
  work: (connections: Connections) => Promise<T>,
): Promise<T> {
  const connections = new Connections(configuration, context);
  let result: T;
  try {
    result = await work(connections);
  } catch (error) {
    await Promise.allSettled([connections.close()]);
    throw error;
  }
  await connections.close();
  return result;
}

/** Open sessions of one plan or run; each plugin is connected once, on first use, and closed at the end. */
export class Connections {
  readonly #configuration: CalveConfiguration;
  readonly #context: CallContext;
  readonly #sinks = new Map<string, Promise<SinkSession>>();
  #source: Promise<ObjectSession> | null = null;

  constructor(configuration: CalveConfiguration, context: CallContext) {
    this.#configuration = configuration;
    this.#context = context;
  }

  /** The source of the spec. @throws {CalveError} `CONFIGURATION_INVALID` for a source of records, which this version does not run. */
  source(name: string, options: Json): Promise<ObjectSession> {
    this.#source ??= this.#connectSource(name, options);
    return this.#source;
  }

  sink(name: string): Promise<SinkSession> {
    let session = this.#sinks.get(name);
    if (!session) {
      session = pluginOf('sink', this.#configuration.sinks, name).connect(this.#context);
      this.#sinks.set(name, session);
    }
    return session;
  }

  /** Closes what was opened; the first failure is thrown after all were closed. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled([...(this.#source ? [this.#source] : []), ...this.#sinks.values()]);
    const closing = opened.map(async (session) => session.status === 'fulfilled' && session.value.close());
    for (const closed of await Promise.allSettled(closing)) if (closed.status === 'rejected') throw closed.reason;
  }

  async #connectSource(name: string, options: Json): Promise<ObjectSession> {
    const session = await pluginOf('source', this.#configuration.sources, name).connect(options, this.#context);
    if (session.kind === 'objects') return limitedSource(session, this.#context.limits, this.#configuration.redactor);
    await session.close();
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `Source "${name}" gives records, not files; this version of Calve runs files only.`,
      { recovery: 'fix-input' },
    );
  }
}
