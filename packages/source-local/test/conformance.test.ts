import { rm } from 'node:fs/promises';
import { sourceConformance } from '@calve/testkit';
import { describe, it } from 'vitest';
import { startFolder } from './start-folder.ts';

describe('localSource', () => {
  sourceConformance(it, {
    start: async () => {
      const { path, ...folder } = await startFolder();
      const remove = () => rm(path, { recursive: true, force: true });
      return { ...folder, missing: { path: `${path}/missing` }, breakStorage: remove, stop: remove };
    },
    exceptions: [
      {
        cases: ['list: an object that cannot be looked at is unreadable with its error, and the others go on'],
        reason: 'tests that run as root can read every file',
      },
    ],
  });
});
