import type { RollbackPreview } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { fileNames } from './file-names.ts';
import { rollbackAcceptedText, rollbackPreviewLines } from './rollback-lines.ts';

const names = fileNames('/landing');
const none = { count: 0, bytes: 0, examples: [] };
const preview: RollbackPreview = {
  ...{ ingestion: 'orders', state: '/lake/calve.db', table: 'sales.orders', open: null, back: none, isTold: true },
  tables: { main: { table: 'sales.orders', rollback: 'rolled-back', proven: 4, snapshot: '7', shown: 2, head: '5' } },
  files: { count: 2, bytes: 2048, examples: ['file:///landing/c.csv', 'file:///landing/d.csv'] },
  gone: { count: 1, bytes: 10, examples: ['file:///landing/b.csv'] },
  rows: { main: 1200 },
  twice: { rejected: 3 },
};
const lines = (changes: Partial<RollbackPreview> = {}): string =>
  rollbackPreviewLines({ ...preview, ...changes }, names, { main: 'sales.orders', rejected: 'sales.orders__rejected' }).join(
    '\n',
  );

describe('a rollback', () => {
  it('tells tables, files, rows, and what each choice means', () => {
    expect(lines()).toBe(
      [
        'sales.orders was rolled back to commit 2; the last commit was 4.',
        '  1,200 rows are not in sales.orders any more',
        '  concerned   2 files (2.0 KiB; c.csv, d.csv)',
        '  lost        1 file (10 B; b.csv): no longer in the landing folder, nothing brings their rows back',
        '  3 rows of these files are still in sales.orders__rejected; with --reingest they are there twice',
        'What becomes of the files whose rows went:',
        '  --reingest   2 files load again with the next run',
        '  --leave-out  3 files count as loaded, without a row in sales.orders',
      ].join('\n'),
    );
  });

  it('tells what cannot be told, what came back, and that there is nothing to accept', () => {
    expect(lines({ isTold: false })).toContain('cannot be told');
    expect(lines({ isTold: false })).not.toContain('--reingest   ');
    const [main] = Object.values(preview.tables);
    expect(lines({ tables: { main: { ...main!, rollback: 'undecidable' } } })).toContain('cannot be told');
    expect(lines({ tables: { main: { ...main!, rollback: 'came-back' } }, back: preview.files })).toContain(
      'count as loaded again',
    );
    expect(lines({ tables: {} })).toBe('No table of "orders" was rolled back, or that was accepted before.');
  });

  it('tells what was done', () => {
    const done = { outcome: 'accepted', files: 1, back: 0, accepted: {} } as const;
    expect(rollbackAcceptedText(done, true)).toBe('Accepted: 1 file loads again. A further rollback will stop a run again.');
    expect(rollbackAcceptedText({ ...done, files: 2 }, false)).toBe(
      'Accepted: 2 files stay out. A further rollback will stop a run again.',
    );
    expect(rollbackAcceptedText({ ...done, outcome: 'nothing-to-accept' }, true)).toContain('Nothing was changed.');
  });
});
