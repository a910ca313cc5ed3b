import { sourceConformance } from '@calve/testkit';
import { describe, it } from 'vitest';
import { httpSource } from '../src/index.ts';
import { startFileServer } from './file-server.fixture.ts';

describe('httpSource', () => {
  sourceConformance(it, {
    start: async () => {
      const server = await startFileServer();
      return {
        source: httpSource(),
        options: (choice) => ({ url: server.url, ...choice }),
        missing: { url: new URL('missing/', server.url).href },
        put: server.put,
        remove: server.remove,
        makeUnreadable: async (name) => void server.always.set(encodeURIComponent(name), { status: 403 }),
        breakStorage: server.stop,
        stop: () => server[Symbol.asyncDispose](),
      };
    },
  });
});
