import type { Diagnostic } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { fileNames } from './file-names.ts';
import { findingLines, PLAN_HINT } from './finding-lines.ts';

const context = { names: fileNames('/landing'), hasSpecFile: false };
const at = (line: number) => ({ unit: 'file:///landing/a.csv#1-2-3-x', line });

describe('findingLines', () => {
  it('gives code, place, words and what to do', () => {
    const finding: Diagnostic = {
      code: 'SCHEMA_VALUES_REFUTED',
      severity: 'warning',
      message: 'Column "amount": 1 of 500 values does not fit in file:///landing/a.csv.',
      at: at(17),
      fixes: [
        {
          title: 'Make it text',
          specPatch: [{ op: 'add', path: '/outputs/0/columns/amount', value: { type: { kind: 'string' } } }],
        },
      ],
    };
    expect(findingLines([finding], context)).toEqual([
      'warning SCHEMA_VALUES_REFUTED  a.csv:17',
      '  Column "amount": 1 of 500 values does not fit in a.csv.',
      '  -> Make it text: --columns amount=string',
    ]);
  });

  it('says once what is true of many files or places', () => {
    const malformed = (file: string, line: number): Diagnostic => ({
      code: 'TEXT_MALFORMED',
      severity: 'warning',
      message: `file:///landing/${file}: ${line} malformed pieces, the first one at byte ${line}.`,
      at: { unit: `file:///landing/${file}#1-2-3-x`, line },
    });
    expect(findingLines([malformed('a.csv', 7), malformed('b.csv', 1234), malformed('b.csv', 9)], context)).toEqual([
      'warning TEXT_MALFORMED  in 2 files, first: a.csv:7',
      '  7 malformed pieces, the first one at byte 7.',
    ]);
    expect(findingLines([malformed('a.csv', 7), malformed('a.csv', 8)], context)[0]).toBe(
      'warning TEXT_MALFORMED  a.csv:7, and in 1 more place',
    );
  });

  it('keeps apart what speaks of other columns or values, and shortens many with a count', () => {
    const refuted = (column: string): Diagnostic => ({
      code: 'SCHEMA_VALUES_REFUTED',
      severity: 'warning',
      message: `Column "${column}" has 1 misfit.`,
    });
    const columns = Array.from({ length: 12 }, (_, at) => refuted(`c${at}`));
    const lines = findingLines([...columns, { code: 'SOURCE_EMPTY', severity: 'warning', message: 'None.' }], context);
    expect(lines.filter((line) => line === 'warning SCHEMA_VALUES_REFUTED')).toHaveLength(5);
    expect(lines).toContain('  Column "c4" has 1 misfit.');
    expect(lines).toContain('… and 7 more SCHEMA_VALUES_REFUTED (--json lists all)');
    expect(lines.slice(-2)).toEqual(['warning SOURCE_EMPTY', '  None.']);
    expect(findingLines(columns.slice(0, 6), context)).toHaveLength(12);
  });

  it('tells in one line how many files were recognised', () => {
    const detected = (file: string, because: string): Diagnostic => ({
      code: 'FORMAT_DETECTED',
      severity: 'info',
      message: `${file}: read as csv: ${because}.`,
    });
    expect(findingLines([detected('a.csv', 'it has "id"'), detected('b.csv', 'it has "name"')], context)).toEqual([
      'note FORMAT_DETECTED  in 2 files, first: a.csv: read as csv: it has "id".',
    ]);
    expect(findingLines([detected('a.csv', 'so')], context)).toEqual(['note FORMAT_DETECTED  a.csv: read as csv: so.']);
  });

  it('gives the words that do what a finding proposes, and says once that a plan cannot take them', () => {
    const fixes = [{ title: 'Add it', specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value: 'add' }] }];
    const finding: Diagnostic = { code: 'SCHEMA_COLUMN_HELD', severity: 'warning', message: 'New.', fixes };
    const findings = [finding, { ...finding, code: 'SCHEMA_OTHER' }];
    const words = '  -> Add it: --set /schema/onNewColumn=add';
    expect(findingLines(findings, context).filter((line) => line.startsWith('  ->'))).toEqual([words, words]);
    expect(findingLines(findings, { ...context, isPlanFixed: true }).slice(3)).toContain(words);
    expect(findingLines(findings, { ...context, isPlanFixed: true }).filter((line) => line.includes(PLAN_HINT))).toHaveLength(1);
    expect(findingLines([{ ...finding, fixes: [] }], { ...context, isPlanFixed: true })).toHaveLength(2);
  });

  it('speaks of options of the command line', () => {
    const finding: Diagnostic = { code: 'LIMIT_LINE', severity: 'error', message: 'Too long.\nIf so, raise limits.recordBytes.' };
    expect(findingLines([finding], context)).toEqual([
      'error LIMIT_LINE',
      '  Too long.',
      '  If so, raise --limits recordBytes=….',
    ]);
  });
});
