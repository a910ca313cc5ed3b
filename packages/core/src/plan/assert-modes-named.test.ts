import { describe, expect, it } from 'vitest';
import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { CalveError } from '../errors/calve-error.ts';
import type { OutputSpec, WriteMode } from '../spec/ingestion-spec.ts';
import { assertModesNamed } from './assert-modes-named.ts';

const merge: WriteMode = { kind: 'merge', keys: ['id'], newest: ['at'] };

function outputs(mode?: WriteMode): { outputs: OutputSpec[] } {
  const main: OutputSpec = { name: 'main', sink: 'lake', options: null, rows: 'accepted', columns: {}, provenance: [] };
  return { outputs: [mode === undefined ? main : { ...main, mode }] };
}

function headWith(modes?: Head['modes']): VersionedHead {
  const head: Head = { generation: 'g', committed: { main: 3 }, commitId: 'c', intent: null, watermark: null, tag: 't' };
  return { version: '3', head: modes === undefined ? head : { ...head, modes } };
}

describe('assertModesNamed', () => {
  it.each<[string, WriteMode | undefined, VersionedHead | 'absent']>([
    ['nothing was committed', undefined, 'absent'],
    ['rows were only added', undefined, headWith()],
    ['another output was merged', undefined, headWith({ other: merge })],
    ['the spec says that rows are added from now on', { kind: 'append' }, headWith({ main: merge })],
    ['the spec merges by other keys', { ...merge, keys: ['other'] }, headWith({ main: merge })],
  ])('passes where %s', (_, mode, head) => {
    assertModesNamed(outputs(mode), head);
  });

  it('stops where a merge was forgotten, and offers both ways to go on', () => {
    let thrown: CalveError | undefined;
    try {
      assertModesNamed(outputs(), headWith({ main: merge }));
    } catch (error) {
      thrown = error as CalveError;
    }
    expect(thrown).toMatchObject({ code: 'WRITE_MODE_MISSING', recovery: { kind: 'decide' } });
    expect(thrown?.message).toContain('merged its rows by "id"');
    const patches = thrown?.diagnostics[0]?.fixes?.map(({ specPatch }) => specPatch);
    const patch = (value: WriteMode) => [{ op: 'add', path: '/outputs/0/mode', value }];
    expect(patches).toEqual([patch(merge), patch({ kind: 'append' })]);
  });
});
