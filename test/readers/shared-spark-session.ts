import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SHARED_SETTINGS, SHARED_SPARK, type SharedSparkCall } from './shared-spark.ts';

/** A session in the Spark that the files of a test run share; null: there is none, or it could not have these settings. */
export async function sharedSparkSession(conf: Record<string, string>): Promise<SharedSparkSession | null> {
  const path = process.env[SHARED_SPARK];
  if (path === undefined || !isShareable(conf)) return null;
  const socket = connect(path);
  await once(socket, 'connect');
  const session = new SharedSparkSession(socket);
  await session.call('open', { conf });
  return session;
}

/** What a session may set for itself: catalogs, beside what all of them are started with. None may lack that, or it would be lent what it does not ask for. */
export function isShareable(conf: Record<string, string>): boolean {
  return (
    Object.entries(SHARED_SETTINGS).every(([name, value]) => conf[name] === value) &&
    Object.keys(conf).every((name) => name in SHARED_SETTINGS || name.startsWith('spark.sql.catalog.'))
  );
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A connection to the shared Spark: a session of its own, which ends with it. */
export class SharedSparkSession {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#receive(line));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('The Spark of this test run has gone.'));
    });
  }

  /** Rejects with what Spark raised, its trace included. */
  call<T>(method: string, params: Record<string, unknown>): Promise<T> {
    const call: SharedSparkCall = { id: ++this.#lastId, method, params };
    const answer = new Promise<T>((resolve, reject) =>
      this.#pending.set(call.id, { resolve: resolve as (result: unknown) => void, reject }),
    );
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(call)}\n`);
    else this.#socket.destroy();
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#socket.closed) return;
    this.#socket.end();
    await once(this.#socket, 'close');
  }

  #receive(line: string): void {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(error));
  }
}
