import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { settleFixes } from './settle-fixes.ts';

const finding: Diagnostic = {
  code: 'CSV_X',
  severity: 'warning',
  message: 'x',
  fixes: [
    {
      title: 'Say so',
      specPatch: [
        { op: 'add', path: '/input/format/options/encoding', value: 'detect' },
        { op: 'add', path: '/input/format/options/fallbackEncoding', value: 'windows-1252' },
        { op: 'replace', path: '/schema/onNewColumn', value: 'add' },
      ],
    },
  ],
};

describe('a patch that a format offers', () => {
  it('stays as it is in a spec that names the format', () => {
    expect(settleFixes(finding, { name: 'csv', options: {} }, 'csv')).toBe(finding);
  });

  it('goes below the format in a spec that lets it be found out, so that files of other formats are read as before', () => {
    expect(settleFixes(finding, 'detect', 'delimited').fixes?.[0]?.specPatch).toEqual([
      { op: 'replace', path: '/schema/onNewColumn', value: 'add' },
      {
        op: 'replace',
        path: '/input/format',
        value: { detect: { delimited: { encoding: 'detect', fallbackEncoding: 'windows-1252' } } },
      },
    ]);
  });

  it('keeps what the spec says of the options of that format and of others', () => {
    const told = { detect: { csv: { delimiter: ';', encoding: 'utf-8' }, json: { framing: 'lines' } } };
    expect(settleFixes(finding, told, 'csv').fixes?.[0]?.specPatch.at(-1)).toEqual({
      op: 'add',
      path: '/input/format/detect/csv',
      value: { delimiter: ';', encoding: 'detect', fallbackEncoding: 'windows-1252' },
    });
  });

  it('that sets no option stays as it is', () => {
    const other = { ...finding, fixes: [{ title: 'x', specPatch: [{ op: 'remove', path: '/outputs/0/columns/a' }] }] };
    expect(settleFixes(other, 'detect', 'csv')).toEqual(other);
  });
});
