import { memorySource } from '@calve/core';
import { describe, it } from 'vitest';
import { sourceConformance } from '../src/conformance/source-conformance.ts';

describe('memorySource', () => {
  sourceConformance(it, {
    start: async () => {
      const files: Record<string, File> = {};
      return {
        source: memorySource(files),
        options: (choice) => choice,
        put: async (name, content, lastModified = Date.UTC(2024, 0, 1)) => {
          files[name] = new File([new Uint8Array(content)], name, { lastModified });
        },
        remove: async (name) => {
          delete files[name];
        },
      };
    },
    exceptions: [
      {
        cases: ['list: objects modified after settledBefore are skipped as settling'],
        reason: 'what is in memory is complete; nobody is still writing it',
      },
      {
        cases: [
          'connect: a place that does not exist is SOURCE_NOT_FOUND',
          'a broken storage: listing throws instead of ending early',
          'list: an object that cannot be looked at is unreadable with its error, and the others go on',
        ],
        reason: 'files in memory have no place that could be missing or break, and no permissions',
      },
    ],
  });
});
