import type { Diagnostic } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { fileNames } from './file-names.ts';
import { findingLines, SPEC_HINT } from './finding-lines.ts';

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

  it('shortens many of one code with a count, and leaves the others alone', () => {
    const many = Array.from(
      { length: 12 },
      (_, line): Diagnostic => ({ code: 'TEXT_MALFORMED', severity: 'warning', message: 'Bad.', at: at(line) }),
    );
    const lines = findingLines([...many, { code: 'SOURCE_EMPTY', severity: 'warning', message: 'None.' }], context);
    expect(lines.filter((line) => line.startsWith('warning TEXT_MALFORMED'))).toHaveLength(5);
    expect(lines).toContain('… and 7 more TEXT_MALFORMED (--json lists all)');
    expect(lines.slice(-2)).toEqual(['warning SOURCE_EMPTY', '  None.']);
  });

  it('says once where a spec comes from', () => {
    const fixes = [{ title: 'Add it', specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value: 'add' }] }];
    const finding: Diagnostic = { code: 'SCHEMA_COLUMN_HELD', severity: 'warning', message: 'New.', fixes };
    expect(findingLines([finding, finding], context).filter((line) => line.includes(SPEC_HINT))).toHaveLength(1);
    expect(findingLines([finding], { ...context, hasSpecFile: true }).some((line) => line.includes(SPEC_HINT))).toBe(false);
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
