// A thread that serves segments; started by `node-thread.ts`.
import { parentPort } from 'node:worker_threads';
import type { ToThread } from '../../segments/segment-messages.ts';
import { serveSegments } from '../../segments/segment-server.ts';
import { nodeEnvironment } from '../node-environment.ts';

const serve = serveSegments(nodeEnvironment(), (messages, transfer) => parentPort?.postMessage(messages, transfer));
parentPort?.on('message', (messages: readonly ToThread[]) => serve(messages));
