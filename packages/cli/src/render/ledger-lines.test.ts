import type { LedgerCommit, ResetPreview } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { fileNames } from './file-names.ts';
import { adoptedText, adoptPreviewLines, commitLines, resetPreviewLines } from './ledger-lines.ts';

const names = fileNames('/in');
const none = { count: 0, bytes: 0, examples: [] };
const many = { count: 4, bytes: 2000, examples: ['file:///in/a.csv', 'file:///in/b.csv', 'file:///in/c%20d.csv'] };
const one = { count: 1, bytes: 10, examples: ['file:///in/e.csv'] };

describe('commitLines', () => {
  const commit: LedgerCommit = {
    sequence: 3,
    commitId: 'c',
    at: '2026-01-02T03:04:05.000Z',
    isInLedger: true,
    units: 2,
    counts: { main: { read: 5, expanded: 0, written: 4, rejected: 1, filtered: 0, deduplicated: 0, replaced: 0 } },
    outputs: { main: { snapshot: '77' as never, state: 'live' }, rejected: { snapshot: null, state: 'none' } },
    replacedSince: null,
    difference: null,
  };

  it('tells number, time, files, rows and snapshot in one line', () => {
    expect(commitLines(commit)).toEqual(['3  2026-01-02T03:04:05.000Z  2 files  5 read = 4 written + 1 rejected  snapshot 77']);
  });

  it('says what became of its rows since', () => {
    const line = commitLines({ ...commit, replacedSince: { units: 1, rows: 3 } })[0];
    expect(line).toMatch(/2 files {2}5 read = 4 written \+ 1 rejected {2}snapshot 77 {2}\(replaced since: 1 file with 3 rows\)$/);
  });

  it('says what is not known, and where ledger and table differ', () => {
    const main = { snapshot: null, state: 'expired' } as const;
    expect(commitLines({ ...commit, at: null, units: null, counts: null, outputs: { main }, difference: 'Why.' })).toEqual([
      '3  time unknown  files unknown  expired',
      '  Why.',
    ]);
  });
});

describe('an adoption', () => {
  const preview = {
    ...{
      ingestion: 'in',
      state: '/s.db',
      table: 'a.b',
      ledger: 'absent' as const,
      generation: 'g',
      committed: { main: 3, rejected: 1 },
    },
    ...{
      known: many,
      changed: one,
      unknown: none,
      gone: 1,
      namelessRows: 2,
      lostRejectedRows: 4,
      unsettled: 1,
      mustChoose: false,
    },
  };

  it('is shown as numbers of files, the first of them by name', () => {
    expect(adoptPreviewLines(preview, names)).toEqual([
      'From a.b, as of commit 3, the ledger "in" would be rebuilt in /s.db:',
      '  known    4 files (2.0 KiB; a.csv, b.csv, c d.csv, …): their rows are in the table; they are not loaded again',
      '  held     1 file (10 B; e.csv): changed or touched since they were loaded; they wait for a decision',
      '  unknown  0 files: no row of them is in the table; the next run loads them, unless --unknown leave',
      '  1 loaded version no longer in the landing folder: their rows stay',
      '  2 rows of another writer, which name no file',
      '  4 rejected rows of the last commit are in no table: the ledger was lost before they were added',
      '  1 file that may still be written, or cannot be read: the next run looks at them',
    ]);
    expect(adoptPreviewLines({ ...preview, ledger: 'old-copy' }, names)[0]).toMatch(
      /rebuilt in \/s\.db, in the place of the old copy there:$/,
    );
    expect(adoptPreviewLines({ ...preview, mustChoose: true }, names).join('\n')).toContain(
      'so it has to be said what becomes of them',
    );
    expect(adoptPreviewLines({ ...preview, mustChoose: true }, names, 'load')[3]).toMatch(
      /in the table; the next run loads them$/,
    );
    expect(adoptPreviewLines(preview, names, 'leave')[3]).toMatch(/in the table; they count as loaded$/);
  });

  it('that left files out says so', () => {
    const result = {
      outcome: 'adopted',
      generation: 'g',
      committed: { main: 3 },
      known: 2,
      left: 1,
      lostRejectedRows: 0,
    } as const;
    expect(adoptedText(result, 'in', 'a.b')).toBe(
      'Adopted a.b: the ledger "in" is as of commit 3 and knows 2 loaded versions of files; 1 file without rows counts as loaded.',
    );
    expect(adoptedText({ ...result, lostRejectedRows: 1 }, 'in', 'a.b')).toMatch(
      / Beside that, 1 rejected row of the last commit is in no table: the ledger was lost before it was added\.$/,
    );
  });
});

describe('a reset', () => {
  const preview: ResetPreview = {
    ...{ ingestion: 'in', state: '/s.db', table: 'a.b', ledger: { generation: 'g', committed: { rejected: 1, main: 3 } } },
    ...{ proven: { main: 3, rejected: 1 }, open: null, again: many, others: one, gone: 2, unsettled: 1 },
  };
  const shown = (changes: Partial<ResetPreview> = {}): string => resetPreviewLines({ ...preview, ...changes }, names).join('\n');

  it('is shown as what each choice means', () => {
    expect(shown()).toContain('  as of commit 3; a.b proves 3\n');
    expect(shown()).toContain('  2 files loaded and no longer in the landing folder: their rows stay\n');
    expect(shown()).toContain(
      '--reload    5 files load with the next run, 4 of them again: their rows are in the table twice then\n',
    );
    expect(shown()).toMatch(/--from-now {2}5 files count as loaded, 1 of them without a row in the table$/);
  });

  it('does not count what a ledger that is lost or old cannot know', () => {
    for (const ledger of [null, { generation: 'g', committed: { main: 2 } }]) {
      expect(shown({ ledger })).toContain('also those whose rows are in the table, which this ledger does not know');
      expect(shown({ ledger }).includes('not loaded')).toBe(ledger !== null);
      expect(shown({ ledger })).toMatch(/--from-now {2}5 files count as loaded, also those without a row in the table$/);
    }
  });

  it('says that an open commit comes to its end first', () => {
    expect(shown({ open: { sequence: 4, commitId: 'c' } })).toContain('Commit 4 was left open by an earlier run');
  });
});
