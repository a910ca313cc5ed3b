import { describe, expect, it } from 'vitest';
import { parseColumns } from '../arguments/parse-columns.ts';
import { fixText } from './fix-text.ts';

const text = { kind: 'string' };
const fix = (path: string, value: object | string) => ({
  title: 'Do it',
  specPatch: [{ op: 'add', path, value: value as never }],
});

describe('fixText', () => {
  it('is an option of the command line where there is one', () => {
    expect(fixText(fix('/outputs/0/columns/amount', { type: text }), false)).toEqual({
      text: 'Do it: --columns amount=string',
      needsSpec: false,
    });
    expect(fixText(fix('/outputs/0/columns/amount/type', text), false).text).toBe('Do it: --columns amount=string');
  });

  it('can be copied into a shell whatever the column is called', () => {
    const { text: line } = fixText(fix('/outputs/0/columns/a~1b~0, c"', { type: text }), false);
    expect(line).toBe(`Do it: --columns '"a/b~, c"""=string'`);
    expect(Object.keys(parseColumns('"a/b~, c"""=string'))).toEqual(['a/b~, c"']);
  });

  it.each([
    ['/schema/onNewColumn', 'add'],
    ['/outputs/0/columns/other', { from: ['amount'] }],
    ['/outputs/0/columns/other', { type: text, from: ['amount'] }],
  ] as const)('is a change of the spec for %s %j', (path, value) => {
    expect(fixText(fix(path, value as never), false)).toEqual({
      text: `Do it: in the spec, add ${path} ${JSON.stringify(value)}`,
      needsSpec: true,
    });
  });

  it('is a change of the spec where the user has one', () => {
    expect(fixText(fix('/outputs/0/columns/amount', { type: text }), true).needsSpec).toBe(true);
  });
});
