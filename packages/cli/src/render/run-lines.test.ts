import { describe, expect, it } from 'vitest';
import type { FileSetAside, RunReport } from '../documents.ts';
import { fileNames } from './file-names.ts';
import { PLAN_HINT } from './finding-lines.ts';
import { countsText, plannedLines, reportLines, setAsideLines } from './run-lines.ts';

const context = { names: fileNames('/landing'), hasSpecFile: false, lake: 'lake', program: 'calve' };
const NONE = { count: 0, examples: [] };
const counts = { read: 1234, expanded: 0, written: 1230, rejected: 4, filtered: 0, deduplicated: 0, replaced: 0 };

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    state: '/lake/calve.db',
    catalog: '/lake/catalog.db',
    warehouse: '/lake/warehouse',
    ingestion: 'landing',
    table: 'default.landing',
    rejectedTable: 'default.landing__rejected',
    result: {
      outcome: 'nothing-new',
      units: { ingested: 0, skipped: 0, held: 0, quarantined: 0, failed: 0 },
      counts: {},
      snapshots: {},
    },
    skipped: [],
    setAside: [],
    quarantinedBefore: NONE,
    findings: [],
    readers: { pyiceberg: 'P', duckdb: 'D', spark: 'S' },
    ...changes,
  };
}

const committed = report({
  result: {
    outcome: 'committed',
    units: { ingested: 3, skipped: 0, held: 0, quarantined: 0, failed: 0 },
    counts: { main: counts },
    snapshots: { main: '77' },
  },
});

describe('reportLines', () => {
  it('gives the counts and the commands that come next', () => {
    expect(reportLines(committed, { ...context, lake: "./my lake's" })).toEqual([
      'Committed to default.landing: 1,234 read = 1,230 written + 4 rejected (3 files, snapshot 77)',
      '',
      'Look at it:',
      `  calve head './my lake'\\''s' --table default.landing`,
      `  calve rejects './my lake'\\''s' --table default.landing`,
      'Read it with:',
      '  PyIceberg  P',
      '  DuckDB     D',
      '  Spark      the line is long: --json has it as run.readers.spark, also when nothing is new',
    ]);
  });

  it('shows commands to copy with the words that started the program', () => {
    expect(reportLines(committed, { ...context, program: './dev calve' })).toContain(
      '  ./dev calve head lake --table default.landing',
    );
  });

  it('says of a plan that was applied before where that was, and nothing else', () => {
    const { result } = report();
    const before = (snapshots: Record<string, string>) =>
      reportLines(report({ result: { ...result, appliedBefore: { sequence: 3, snapshots } } }), context);
    expect(before({ main: '77' })).toEqual(['Already applied: commit 3 of default.landing, snapshot 77. Nothing was done.']);
    expect(before({})).toEqual(['Already applied: commit 3 of default.landing. Nothing was done.']);
  });

  it('is one sentence when nothing is new', () => {
    const skipped = [{ reason: 'already loaded', count: 2, examples: [] }];
    expect(reportLines(report({ skipped }), context)).toEqual(['Nothing new: every file is in the table already.']);
  });

  it('does not call a file loaded that stays in quarantine, and says why it is there and what to do', () => {
    const skipped = [
      { reason: 'already loaded', count: 2, examples: [] },
      { reason: 'quarantined before and unchanged since', count: 12, examples: ['file:///landing/a.csv'] },
    ];
    const a: FileSetAside = {
      file: 'a.csv',
      state: 'quarantined',
      code: 'LIMIT_LINE',
      message: 'Raise limits.recordBytes.',
      fixes: [],
    };
    const text = reportLines(report({ skipped, quarantinedBefore: { count: 12, examples: [a] } }), context);
    expect(text).toEqual([
      'Nothing new was loaded.',
      'Not loaded: 12 files',
      '  quarantined  a.csv  LIMIT_LINE',
      '    Raise --limits recordBytes=….',
      '  … and 11 more',
      '  quarantined: tried again once the file is replaced, or the limit that its message names is raised (--limits).',
    ]);
  });

  it('ends with what is not loaded, below what is', () => {
    const setAside: FileSetAside[] = [{ file: 'b.csv', state: 'held', code: 'FORMAT_UNKNOWN', message: 'No CSV.', fixes: [] }];
    expect(reportLines({ ...committed, setAside }, context).slice(-5)).toEqual([
      '',
      'Not loaded: 1 file',
      '  held  b.csv  FORMAT_UNKNOWN',
      '    No CSV.',
      '  held: waits for a decision; each run looks again.',
    ]);
  });

  it('says why there was nothing to load', () => {
    const findings = [{ code: 'SOURCE_EMPTY', severity: 'warning' as const, message: 'No file in /landing matches.' }];
    expect(reportLines(report({ findings }), context)).toEqual(['Nothing to load: No file in /landing matches.']);
  });
});

describe('setAsideLines', () => {
  const file = (place: number): FileSetAside => ({
    file: `f${place}.csv`,
    state: 'quarantined',
    code: 'CSV_NOT_TEXT',
    message: `file:///landing/f${place}.csv holds no text.`,
    fixes: [],
  });

  it('names file, code, reason and what to do', () => {
    expect(setAsideLines([file(1)], NONE, context)).toEqual([
      'Not loaded: 1 file',
      '  quarantined  f1.csv  CSV_NOT_TEXT',
      '    f1.csv holds no text.',
      '  quarantined: the content is the reason; tried again once the file is replaced. Repair or remove it.',
    ]);
  });

  it('names files only whose reason stands elsewhere', () => {
    expect(setAsideLines([{ ...file(1), message: '' }], NONE, context).slice(1, 2)).toEqual([
      '  quarantined  f1.csv  CSV_NOT_TEXT',
    ]);
    expect(setAsideLines([{ ...file(1), message: '' }], NONE, context)).toHaveLength(3);
  });

  it('says of an applied plan that its fixes are for the next one', () => {
    const fixes = [{ title: 'Ignore', specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }] }];
    const held: FileSetAside = { ...file(1), state: 'held', fixes };
    expect(setAsideLines([held], NONE, context)).toContain('    -> Ignore: --set /input/onChanged=ignore');
    expect(setAsideLines([held], NONE, { ...context, isPlanFixed: true }).at(-1)).toBe(`  ${PLAN_HINT}`);
    expect(setAsideLines([file(1)], NONE, { ...context, isPlanFixed: true })).not.toContain(`  ${PLAN_HINT}`);
  });

  it('shortens a long list with a count', () => {
    const lines = setAsideLines(
      Array.from({ length: 500 }, (_, place) => file(place)),
      NONE,
      context,
    );
    expect(lines[0]).toBe('Not loaded: 500 files');
    expect(lines).toContain('  … and 490 more (--json lists all)');
    expect(lines).toHaveLength(1 + 2 * 10 + 2);
  });

  it('shows files that need somebody before those that need nobody', () => {
    const skipped = Array.from({ length: 20 }, (_, place): FileSetAside => ({ ...file(place), state: 'skipped' }));
    const lines = setAsideLines([...skipped, file(99)], NONE, context);
    expect(lines[1]).toBe('  quarantined  f99.csv  CSV_NOT_TEXT');
  });
});

describe('plannedLines', () => {
  const planned = (units: number, skipped: RunReport['skipped'] = []) =>
    ({ kind: 'planned', planId: '', units, bytes: 2048, skipped }) as never;

  it('shortens a long list of reasons', () => {
    const skipped = Array.from({ length: 40 }, (_, at) => ({
      reason: `reason ${at}`,
      count: 5,
      examples: ['file:///l/a%20b.csv'],
    }));
    const lines = plannedLines(planned(1, skipped), 't.u', 0);
    expect(lines.slice(0, 2)).toEqual(['Loading 1 file (2.0 KiB) into t.u.', 'Left out: a b.csv, … (5 files): reason 0']);
    expect(lines.at(-1)).toBe('Left out: … for 30 more reasons (--json lists all)');
  });

  it('says what is committed so far, and counts what is loaded already', () => {
    expect(plannedLines(planned(1), 't.u', 3)).toEqual(['Committed so far: 3 files. Loading 1 file (2.0 KiB) into t.u.']);
    expect(
      plannedLines(planned(0, [{ reason: 'already loaded', count: 2000, examples: ['file:///l/a.csv'] }]), 't.u', 0),
    ).toEqual(['Loaded already: 2,000 files']);
  });
});

describe('countsText', () => {
  it('leaves out what is rare and zero, and nothing else', () => {
    expect(countsText({ ...counts, expanded: 1, filtered: 2, deduplicated: 3 })).toBe(
      '1,234 read + 1 expanded = 1,230 written + 4 rejected + 2 filtered + 3 deduplicated',
    );
  });

  it('tells the rows that went from the table, which are none of those that were read', () => {
    expect(countsText({ ...counts, replaced: 1500 })).toBe('1,234 read = 1,230 written + 4 rejected, 1,500 replaced');
  });
});
