import { nodeEnvironment } from '@calve/core/node';
import type { Environment } from '@calve/core/plugin';
import { serveSegments } from '../../packages/core/src/run/segments/segment-server.ts';

/**
 * Threads that are none: the same messages, copied and transferred as between threads, in the same process. They start at once, and the order in
 * which they work is another one each time.
 */
export function threadsInProcess(): Environment {
  const environment = nodeEnvironment();
  return {
    ...environment,
    startThread() {
      let isEnded = false;
      let listener: Parameters<NonNullable<ReturnType<NonNullable<Environment['startThread']>>>['listen']>[0] | null = null;
      const later = (work: () => void): void => void setTimeout(work, Math.random() < 0.1 ? 1 : 0);
      const serve = serveSegments(environment, (messages, transfer) => {
        const copy: unknown = structuredClone(messages, { transfer: [...transfer] });
        inbox.push(copy);
        later(() => {
          const next = inbox.shift();
          if (!isEnded) listener?.heard(next);
        });
      });
      const inbox: unknown[] = [];
      const outbox: unknown[] = [];
      return {
        listen(given) {
          listener = given;
        },
        send(message, transfer) {
          outbox.push(structuredClone(message, { transfer: [...transfer] }));
          later(() => serve(outbox.shift() as Parameters<typeof serve>[0]));
        },
        async end() {
          if (isEnded) return;
          isEnded = true;
          listener?.ended(undefined);
        },
      };
    },
  };
}
