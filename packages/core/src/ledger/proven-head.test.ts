import { describe, expect, it } from 'vitest';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { TableEvidence } from '../sink/sink.ts';
import { provenHead } from './proven-head.ts';

const evidence: TableEvidence = { generation: 'old', sequence: 4, commitId: 'c4', snapshot: '77', kept: 'property' };

describe('provenHead', () => {
  it('goes on behind what the tables prove', () => {
    expect(provenHead('new', 'main', { main: evidence, rejected: null })).toEqual({
      ...{ generation: 'new', committed: { main: 4 }, commitId: 'c4', intent: null, watermark: null },
    });
  });

  it('begins at 0 where nothing is proven', () => {
    expect(provenHead('new', 'main', { main: null })).toMatchObject({ committed: { main: 0 }, commitId: null });
  });

  it('keeps how rows were written, so that a spec which forgets its merge is still stopped', () => {
    const modes: Head['modes'] = { main: { kind: 'merge', keys: ['id'], newest: [] } };
    expect(provenHead('new', 'main', { main: evidence }, { modes })).toMatchObject({ modes });
  });
});
