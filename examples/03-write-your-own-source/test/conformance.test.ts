import { sourceConformance } from '@calve/testkit';
import { describe, it } from 'vitest';
import { httpSource } from '../src/index.ts';
import { startFileServer } from './file-server.fixture.ts';

describe('httpSource', () => {
  sourceConformance(it, {
    start: async () => {
      const server = await startFileServer();
      return {
        ...server,
        source: httpSource(),
        options: (choice) => ({ url: server.url, ...choice }),
        missing: { url: `${server.url}missing/` },
        makeUnreadable: async (name) => void server.always.set(encodeURIComponent(name), { status: 403 }),
        breakStorage: server.stop,
      };
    },
  });
});
