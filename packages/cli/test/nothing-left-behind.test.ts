import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

const csv = 'id\n1\n2\n';

describe('a wrong command line', () => {
  it.each([
    ['a landing folder that does not exist', ['run', './landin', './lake'], 'SOURCE_NOT_FOUND', 'landing'],
    ['the same for preview', ['preview', './landin', './lake'], 'SOURCE_NOT_FOUND', 'landing'],
    ['the same for plan', ['plan', './landin', './lake', '--output', 'p.json'], 'SOURCE_NOT_FOUND', 'landing'],
    ['a wrong type', ['run', 'landing', 'lake', '--columns', 'id=int46'], 'CONFIGURATION_INVALID', 'Did you mean int64?'],
    ['a table without a namespace', ['run', 'landing', 'lake', '--table', 'orders'], 'SPEC_INVALID', '/outputs/0/options/table'],
    ['an id that is none', ['run', 'landing', 'lake', '--id', 'a b'], 'SPEC_INVALID', '/id'],
    ['a pattern that is none', ['run', 'landing', 'lake', '--pattern', '[a'], 'SPEC_INVALID', '/input/options/pattern'],
    ['a pattern for one file', ['run', 'landing/a.csv', 'lake', '--pattern', '*'], 'CONFIGURATION_INVALID', 'is one file'],
    ['a spec that does not exist', ['run', '--spec', 's.json', 'lake'], 'CONFIGURATION_INVALID', 'there is no such file'],
    ['a plan that does not exist', ['apply', 'p.json', 'lake'], 'CONFIGURATION_INVALID', 'there is no such file'],
    ['a plan that is none', ['apply', 'package.json', 'lake'], 'PLAN_INVALID', 'plan'],
    ['a plan that is no JSON', ['explain', 'landing/a.csv'], 'CONFIGURATION_INVALID', 'is no JSON'],
    ['a plan that is a folder', ['explain', 'landing'], 'CONFIGURATION_INVALID', 'it is a folder'],
    ['a lake that is a file', ['run', 'landing', 'landing/a.csv'], 'CONFIGURATION_INVALID', 'a lake is a folder'],
    ['a lake below a file', ['run', 'landing', 'package.json/lake'], 'CONFIGURATION_INVALID', 'package.json is a file'],
    ['no command', [], 'CONFIGURATION_INVALID', '(calve --help tells more)'],
    ['a word for an option', ['version'], 'CONFIGURATION_INVALID', 'Did you mean "calve --version"?'],
    ['a spec that is a CSV file', ['run', '--spec', 'landing/a.csv', 'lake'], 'CONFIGURATION_INVALID', 'a.csv is no JSON'],
    ['an output that is a folder', ['plan', 'landing', 'lake', '--output', 'landing'], 'CONFIGURATION_INVALID', 'is a folder'],
    [
      'a lake inside of the landing folder',
      ['run', 'landing', 'landing/lake'],
      'CONFIGURATION_INVALID',
      'inside of the landing folder',
    ],
    ['the landing folder as lake', ['run', '.', '.'], 'CONFIGURATION_INVALID', 'inside of the landing folder'],
    ['an output in no folder', ['plan', 'landing', 'lake', '--output', 'no/p.json'], 'CONFIGURATION_INVALID', 'does not exist'],
    ['a lake that does not exist', ['head', 'lake'], 'CONFIGURATION_INVALID', 'There is no lake'],
    ['a lake without tables', ['rejects', 'landing'], 'CONFIGURATION_INVALID', 'has no tables yet'],
    ['a folder whose name cannot be a table', ['run', '订单', 'lake'], 'CONFIGURATION_INVALID', 'give --table and --id'],
  ])('%s ends with 30, in plain words, and leaves nothing behind', async (_, words, code, message) => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv, 'package.json': '{"name":"x"}', '订单/a.csv': csv });
    const end = await runMain(words, folder.path);
    expect(end.stderr).toContain(`error ${code}: `);
    expect(end.stderr).toContain(message);
    expect(end.stderr).not.toMatch(/^\s+at |node:internal/m);
    expect(end.stderr).not.toContain('null');
    expect([end.code, end.stdout]).toEqual([30, '']);
    expect(readdirSync(folder.path).sort()).toEqual(['landing', 'package.json', '订单']);
    expect(readdirSync(folder.at('landing'))).toEqual(['a.csv']);
  });

  it('notices landing and lake in the wrong order', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    expect((await runMain(['run', 'landing', 'lake'], folder.path)).code).toBe(0);
    const end = await runMain(['run', 'lake', 'landing'], folder.path);
    expect(end.stderr).toContain('The landing folder lake is a lake itself');
    expect(end.code).toBe(30);
    expect(readdirSync(folder.at('landing'))).toEqual(['a.csv']);
  });

  it('leaves nothing behind after plan and preview either', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    expect((await folder.calve(['plan', 'landing', 'lake'])).code).toBe(0);
    expect((await folder.calve(['preview', 'landing', 'lake'])).code).toBe(0);
    expect(readdirSync(folder.path)).toEqual(['landing']);
  });
});
