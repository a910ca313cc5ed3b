import { sourceConformance } from '@calve/testkit';
import { describe, it } from 'vitest';
import { startFolder } from './start-folder.ts';

describe('localSource', () => {
  sourceConformance(it, { start: startFolder });
});
