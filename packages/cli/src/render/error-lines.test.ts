import { CalveError } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { argumentError } from '../arguments/argument-error.ts';
import type { CommandName } from '../arguments/command-line.ts';
import { errorLines } from './error-lines.ts';
import { fileNames } from './file-names.ts';

const lines = (error: CalveError, command: CommandName | null = 'run'): string => errorLines(error, { command }).join('\n');

describe('errorLines', () => {
  it.each([
    [{ kind: 'retry' }, 'run', 'run the same command again; it may succeed then.'],
    [{ kind: 'retry', afterMilliseconds: 1500 }, 'run', 'run the same command again, not before 2 s'],
    [{ kind: 'verify' }, 'run', 'it looks first, and loads nothing twice.'],
    [{ kind: 'replan' }, 'run', 'run the same command again.'],
    [{ kind: 'replan' }, 'apply', 'make a new plan with calve plan'],
    [
      { kind: 'decide', choices: ['fix the files', 'raise limits.maxRejectedRows', 'use a new ingestion id'] },
      'run',
      'What to do: fix the files; or raise --limits maxRejectedRows=…; or use a new ingestion id (--id).',
    ],
    [{ kind: 'fix-input' }, 'run', 'correct what the message names'],
    [{ kind: 'fix-access' }, 'run', 'get the permission'],
  ] as const)('says what to do: %j of %s', (recovery, command, words) => {
    const text = lines(new CalveError('SOME_CODE', 'Some words.', { recovery: recovery as CalveError['recovery'] }), command);
    expect(text).toMatch(/^error SOME_CODE: Some words\.\n {2}What to do: /);
    expect(text).toContain(words);
  });

  it('names the files that are to be fixed, the first ones of many', () => {
    const error = (count: number): CalveError =>
      new CalveError('UNITS_SET_ASIDE', 'Some.', {
        recovery: { kind: 'decide', choices: ['fix the files', 'change the spec as the findings propose'] },
        diagnostics: Array.from({ length: count }, (_, at) => ({
          ...{ code: 'X', severity: 'error', message: 'Words.' },
          at: { unit: `file:///l/${at}.csv#1-2` },
        })),
      });
    const names = fileNames('/l');
    const last = (count: number, command: 'run' | 'apply') => errorLines(error(count), { command, names }).at(-1);
    expect(last(2, 'run')).toBe('  What to do: fix 0.csv, 1.csv; or add the words behind -> to the command.');
    expect(last(6, 'run')).toContain('fix 0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv; or');
    expect(last(70, 'apply')).toBe(
      '  What to do: fix 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 65 more; or make a new plan with the words behind ->.',
    );
    expect(errorLines(error(2), { command: 'run' }).at(-1)).toContain('fix the files; or');
    expect(last(0, 'run')).toContain('fix the files; or');
  });

  it('names only the states that there are', () => {
    const error = new CalveError('UNITS_SET_ASIDE', 'Two.', {
      recovery: { kind: 'decide', choices: ['allow these states'] },
      context: { result: { units: { ingested: 0, skipped: 1, held: 0, quarantined: 2, failed: 0 } } },
    });
    expect(lines(error)).toContain('leave them out with --allow quarantined, and the exit code becomes 0.');
  });

  it('shows the usage line of a wrong command line', () => {
    expect(lines(argumentError('calve run: the lake folder is missing.', 'run'))).toBe(
      'error CONFIGURATION_INVALID: calve run: the lake folder is missing.\n  Usage: calve run <landing> <lake>   (calve run --help tells more)',
    );
  });

  it('says of a stopped run what is committed and how to go on', () => {
    const stopped = (ingested: number) =>
      new CalveError('CANCELLED', '', { recovery: 'retry', context: { result: { units: { ingested } } } });
    expect(lines(stopped(3))).toContain('what was committed before (3 files) stays.');
    expect(lines(stopped(0))).toBe(
      'stopped CANCELLED: nothing was committed.\n  What to do: run the same command again; it loads nothing twice.',
    );
    expect(lines(stopped(3))).toContain('run the same command again; it goes on where this one ended, and loads nothing twice.');
    expect(lines(stopped(0), 'reset')).toBe('stopped CANCELLED: the ledger was not reset.');
    expect(lines(stopped(0), 'plan')).toBe('stopped CANCELLED: nothing was changed.');
  });

  it('does not repeat a reason that stands in the list above', () => {
    const error = new CalveError('UNITS_SET_ASIDE', '2 files were set aside. The first one: a.csv is\nno text.', {
      recovery: 'retry',
    });
    expect(lines(error)).toContain('a.csv is');
    expect(errorLines(error, { command: 'run', isListed: true })[0]).toBe('error UNITS_SET_ASIDE: 2 files were set aside.');
  });

  it.each([
    [
      'adopt the table, which rebuilds the state from its rows',
      ['To see what adopt would do (nothing is changed yet): c adopt x'],
    ],
    ['reset the ledger, which keeps the table', ['To see what reset would do (nothing is changed yet): c reset x']],
    [
      'accept the rollback, and say whether the files that went load again',
      ['To see what accept-rollback would do (nothing is changed yet): c accept-rollback x'],
    ],
    ['reset the ledger with fromNow', ['To see what reset would do (nothing is changed yet): c reset x']],
    ['restore the state', []],
  ])('shows the command behind the choice: %s', (choice, commands) => {
    const error = new CalveError('MARKER_BEHIND', 'Words.', { recovery: { kind: 'decide', choices: ['something', choice] } });
    const shown = errorLines(error, { command: 'run', lineOf: (command) => `c ${command} x` });
    expect(shown.slice(2)).toEqual(commands.map((line) => `  ${line}`));
    expect(errorLines(error, { command: 'run' })).toHaveLength(2);
  });

  it('says of a folder that does not exist where relative paths start', () => {
    const text = lines(new CalveError('SOURCE_NOT_FOUND', 'There is no /x.', { recovery: 'fix-input' }), 'plan');
    expect(text).toContain('What to do: name a folder or file that exists; relative paths start at the working directory.');
  });

  it('shows the usage line of a command line without a command', () => {
    expect(lines(argumentError('No command was given.', 'run'), null)).toContain(
      'Usage: calve run <landing> <lake>   (calve --help tells more)',
    );
  });

  it('says of a defect that it is one, in one line without a stack', () => {
    const text = lines(new CalveError('TypeError', 'x is\n  undefined', { recovery: 'report' }));
    expect(text).toBe(errorLines(new CalveError('TypeError', 'x is undefined'), { command: null })[0]);
    expect(text).toMatch(/^error TypeError: x is undefined This is a defect of Calve: please report/);
    expect(text).not.toContain('\n');
  });
});
