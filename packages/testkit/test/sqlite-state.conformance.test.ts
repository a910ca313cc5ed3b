import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteState } from '@calve/core/node';
import { describe, it } from 'vitest';
import { checkpointStoreConformance } from '../src/conformance/checkpoint-store-conformance.ts';

describe('sqliteState', () => {
  checkpointStoreConformance(it, {
    start: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'calve-state-'));
      return { factory: sqliteState(join(folder, 'state', 'calve.db')), stop: () => rm(folder, { recursive: true }) };
    },
  });
});
