import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ReaderProcess } from './reader-process.ts';
import { startSparkProcess } from './spark-process.ts';

/** Where the processes of a test run find the Spark that they share; not set: there is none. */
export const SHARED_SPARK = 'CALVE_SHARED_SPARK';

/** What the shared Spark is started with: the one thing that a session cannot set later. */
export const SHARED_SETTINGS: Readonly<Record<string, string>> = {
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
};

/** A call of a session; its answer is `{ id, result }` or `{ id, error }`. */
export interface SharedSparkCall {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

/**
 * One Spark for all files of a test run, started when the first of them asks: a start and the first query of each take as much as most tests
 * do with it. Every connection has a session of its own, with its own catalogs.
 */
export default function shareSpark(): () => Promise<void> {
  let started: Promise<ReaderProcess> | undefined;
  let sessions = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    started ??= startSparkProcess(SHARED_SETTINGS);
    sockets.add(socket);
    relay(socket, started, `session ${++sessions}`);
    socket.on('close', () => sockets.delete(socket));
  });
  const path = join(tmpdir(), 'spark.sock');
  server.on('listening', () => {
    process.env[SHARED_SPARK] = path;
  });
  // Where the folder has too long a name for a socket, every file starts its own.
  server.on('error', () => {});
  server.listen(path);
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await (await started?.catch(() => undefined))?.stop();
  };
}

/** Passes the calls of a connection on to its session, and their answers back. */
function relay(socket: Socket, started: Promise<ReaderProcess>, session: string): void {
  const answer = async ({ id, method, params }: SharedSparkCall): Promise<void> => {
    const outcome = await started
      .then((spark) => spark.call(method, { ...params, session }))
      .then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.message }),
      );
    if (socket.writable) socket.write(`${JSON.stringify({ id, ...outcome })}\n`);
  };
  createInterface({ input: socket }).on('line', (line) => void answer(JSON.parse(line) as SharedSparkCall));
  socket.on('error', () => {});
  socket.on('close', () => void started.then((spark) => spark.call('close', { session })).catch(() => {}));
}
