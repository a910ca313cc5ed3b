import { describe, expect, it } from 'vitest';
import type { TableCommit, TableEvidence } from '../sink/sink.ts';
import { type CommitFate, GoneCommits } from './gone-commits.ts';

const own = (sequence: number, state: TableCommit['state']): TableCommit => ({
  ...{ generation: 'g', commitId: `c${sequence}`, snapshot: String(sequence), at: null, units: null, rejectedRows: null },
  sequence,
  state,
});
const proof = (sequence: number, rollback?: TableEvidence['rollback']): TableEvidence => ({
  ...{ generation: 'g', commitId: `c${sequence}`, snapshot: String(sequence), kept: 'property' },
  sequence,
  ...(rollback && { rollback }),
});

function fates(gone: GoneCommits): CommitFate[] {
  return [1, 2, 3, 4].map((sequence) => gone.fateOf(sequence));
}

describe('commits of a table', () => {
  it.each<[string, TableEvidence | null, TableCommit[], CommitFate[]]>([
    ['that was not rolled back', proof(4), [own(4, 'live')], ['there', 'there', 'there', 'there']],
    ['without evidence', null, [], ['there', 'there', 'there', 'there']],
    [
      'that was rolled back to the second one',
      proof(4, 'rolled-back'),
      [own(4, 'rolled-back'), own(3, 'rolled-back'), own(2, 'live'), own(1, 'live')],
      ['there', 'there', 'gone', 'gone'],
    ],
    [
      'that was rolled back to before the first one',
      proof(4, 'rolled-back'),
      [4, 3, 2, 1].map((sequence) => own(sequence, 'rolled-back')),
      ['gone', 'gone', 'gone', 'gone'],
    ],
    [
      'that was rolled back, and the old ones have expired',
      proof(4, 'rolled-back'),
      [own(4, 'rolled-back'), own(3, 'rolled-back'), own(2, 'live')],
      ['there', 'there', 'gone', 'gone'],
    ],
    [
      'that was rolled back, and those between have expired',
      proof(4, 'rolled-back'),
      [own(4, 'rolled-back'), own(1, 'live')],
      ['there', 'untold', 'untold', 'gone'],
    ],
    [
      'of which it cannot be told',
      proof(4, 'undecidable'),
      [own(4, 'undecidable'), own(3, 'undecidable')],
      ['untold', 'untold', 'untold', 'untold'],
    ],
    [
      'that was rolled back again, after a rollback to the first one was accepted',
      proof(4, 'rolled-back'),
      [own(4, 'rolled-back'), own(3, 'live'), own(2, 'rolled-back'), own(1, 'live')],
      ['there', 'there', 'there', 'gone'],
    ],
    [
      'in which a number was used again',
      proof(4, 'rolled-back'),
      [own(4, 'rolled-back'), own(3, 'rolled-back'), own(3, 'live')],
      ['there', 'there', 'there', 'gone'],
    ],
  ])('%s', (_, evidence, commits, expected) => {
    expect(fates(new GoneCommits(evidence, commits))).toEqual(expected);
  });

  it('that were loaded before a ledger was rebuilt cannot be told by their number', () => {
    expect(new GoneCommits(proof(4, 'rolled-back'), [own(4, 'rolled-back')]).fateOf(null)).toBe('untold');
    expect(new GoneCommits(proof(4), []).fateOf(null)).toBe('there');
  });

  it('are back when a snapshot came back, as far as the table lists them', () => {
    const back = new GoneCommits(proof(4, 'came-back'), [own(4, 'live'), own(3, 'live'), own(2, 'rolled-back')]);
    expect([4, 3, 2, 1].map((sequence) => back.returnOf(sequence))).toEqual(['back', 'back', 'gone', 'untold']);
    expect(fates(back)).toEqual(['there', 'there', 'there', 'there']);
    expect(new GoneCommits(proof(4), [own(4, 'live')]).returnOf(4)).toBe('gone');
  });
});
