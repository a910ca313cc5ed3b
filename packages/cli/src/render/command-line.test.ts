import { describe, expect, it } from 'vitest';
import type { CommandName } from '../arguments/command-line.ts';
import { parseCommandLine } from '../arguments/parse-command-line.ts';
import { commandLine } from './command-line.ts';

const as = (command: CommandName, words: readonly string[], more: readonly string[] = []): string =>
  commandLine({ program: './dev calve', words }, command, more);

describe('commandLine', () => {
  it.each([
    ['adopt', ['run', './landing', './lake'], './dev calve adopt ./landing ./lake'],
    ['reset', ['--allow=held', 'run', 'a', 'b', '--json', '--limits', 'columns=5'], './dev calve reset a b'],
    [
      'adopt',
      ['run', 'my files', 'b', '--id=x', '--set', '/a/b=c d', '--set=/e=f'],
      "./dev calve adopt 'my files' b --id x --set '/a/b=c d' --set /e=f",
    ],
    ['reset', ['adopt', '--spec', 's.json', 'b', '--unknown', 'load', '--yes'], './dev calve reset b --spec s.json'],
    ['run', ['reset', 'a', 'b', '--from-now', '--state', 's.db'], './dev calve run a b --state s.db'],
    ['adopt', ['run', '--table=-x', '--', '-in', 'b'], './dev calve adopt ./-in b --table=-x'],
    ['adopt', ['apply', 'p.json', 'b'], './dev calve adopt <landing> b'],
  ] as const)('%s of %j', (command, words, line) => {
    expect(as(command, words)).toBe(line);
  });

  it('keeps the options of the same command, but for the page, and adds what comes next', () => {
    expect(as('history', ['history', 'b', '--commits', '5', '--before', '9'], ['--before', '4'])).toBe(
      './dev calve history b --commits 5 --before 4',
    );
    expect(as('adopt', ['adopt', 'a', 'b', '--unknown', 'leave'], ['--yes'])).toBe('./dev calve adopt a b --unknown leave --yes');
  });

  it('is a command line that can be parsed', () => {
    const [, , ...words] = as('adopt', ['run', '--table=-x', '--', '-in', 'b'], ['--yes']).split(' ');
    expect(parseCommandLine(words)).toMatchObject({ arguments: { command: 'adopt', landing: './-in', lake: 'b', table: '-x' } });
  });
});
