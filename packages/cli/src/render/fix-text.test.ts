import { describe, expect, it } from 'vitest';
import { parseColumns } from '../arguments/parse-columns.ts';
import { fixText } from './fix-text.ts';

const text = { kind: 'string' };
const fix = (path: string, value: object | string, op = 'add') => ({
  title: 'Do it',
  specPatch: [{ op, path, value: value as never }],
});

describe('fixText', () => {
  it('is --columns for the type of a column', () => {
    expect(fixText(fix('/outputs/0/columns/amount', { type: text }), false)).toBe('Do it: --columns amount=string');
    expect(fixText(fix('/outputs/0/columns/amount/type', text), false)).toBe('Do it: --columns amount=string');
  });

  it('is --columns for the pattern of a column, and --set for more', () => {
    const day = { type: { kind: 'date' }, formats: ['dd/MM/yyyy'] };
    expect(fixText(fix('/outputs/0/columns/day', day), false)).toBe("Do it: --columns 'day=date(dd/MM/yyyy)'");
    const amount = { type: { kind: 'decimal', precision: 18, scale: 2 }, parse: { decimal: ',' } };
    expect(fixText(fix('/outputs/0/columns/amount', amount), false)).toBe(
      `Do it: --set '/outputs/0/columns/amount={"type":{"kind":"decimal","precision":18,"scale":2},"parse":{"decimal":","}}'`,
    );
  });

  it('can be copied into a shell whatever the column is called', () => {
    const line = fixText(fix('/outputs/0/columns/a~1b~0, c"', { type: text }), false);
    expect(line).toBe(`Do it: --columns '"a/b~, c"""=string'`);
    expect(Object.keys(parseColumns('"a/b~, c"""=string'))).toEqual(['a/b~, c"']);
  });

  it.each([
    ['/schema/onNewColumn', 'add', '--set /schema/onNewColumn=add'],
    ['/outputs/0/columns/other', { from: ['amount'] }, `--set '/outputs/0/columns/other={"from":["amount"]}'`],
    [
      '/outputs/0/columns/other',
      { type: text, from: ['amount'] },
      `--set '/outputs/0/columns/other={"type":{"kind":"string"},"from":["amount"]}'`,
    ],
  ] as const)('is --set for %s %j', (path, value, words) => {
    expect(fixText(fix(path, value as never), false)).toBe(`Do it: ${words}`);
    expect(fixText(fix(path, value as never, 'replace'), true)).toBe(`Do it: ${words}`);
  });

  it('is --set where a spec file says what --columns would say', () => {
    expect(fixText(fix('/outputs/0/columns/amount', { type: text }), true)).toBe(
      `Do it: --set '/outputs/0/columns/amount={"type":{"kind":"string"}}'`,
    );
  });

  it('is several options for several operations', () => {
    const { specPatch, title } = fix('/a', 'b');
    expect(fixText({ title, specPatch: [...specPatch, ...fix('/c', 'd').specPatch] }, false)).toBe(
      'Do it: --set /a=b --set /c=d',
    );
  });

  it('says what no option does: to take something away', () => {
    const remove = { title: 'Forget it', specPatch: [{ op: 'remove', path: '/outputs/0/columns/a~1b' }] };
    expect(fixText(remove, false)).toBe('Forget it: leave a/b out of --columns');
    expect(fixText(remove, true)).toBe('Forget it: in the spec, remove /outputs/0/columns/a~1b');
  });
});
