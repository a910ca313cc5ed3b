import { memoryState } from '@calve/core';
import { describe, it } from 'vitest';
import { checkpointStoreConformance } from '../src/conformance/checkpoint-store-conformance.ts';

describe('memoryState', () => {
  checkpointStoreConformance(it, { start: async () => ({ factory: memoryState() }) });
});
