import { CalveError } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, COMMANDS, OPTIONS, type OptionName } from './command-line.ts';
import { asksForJson, commandOf, parseCommandLine } from './parse-command-line.ts';

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '));

function problemOf(words: readonly string[]): CalveError {
  try {
    parseCommandLine(words);
  } catch (error) {
    if (CalveError.is(error)) return error;
    throw error;
  }
  throw new Error(`accepted: ${words.join(' ')}`);
}

describe('parseCommandLine', () => {
  it.each([
    ['run ./landing ./lake', { command: 'run', landing: './landing', lake: './lake', allow: [] }],
    ['run --spec s.json ./lake', { command: 'run', specFile: 's.json', lake: './lake', allow: [] }],
    ['--allow=held,failed run a b', { command: 'run', landing: 'a', lake: 'b', allow: ['held', 'failed'] }],
    ['preview a b --rows 5', { command: 'preview', landing: 'a', lake: 'b', rows: 5, allow: [] }],
    ['plan a b --output p.json', { command: 'plan', landing: 'a', lake: 'b', output: 'p.json', allow: [] }],
    ['apply p.json lake --state s.db', { command: 'apply', planFile: 'p.json', lake: 'lake', state: 's.db', allow: [] }],
    ['explain p.json', { command: 'explain', planFile: 'p.json', allow: [] }],
    ['head lake', { command: 'head', lake: 'lake', allow: [] }],
    ['head landing lake --table a.b', { command: 'head', landing: 'landing', lake: 'lake', table: 'a.b', allow: [] }],
    ['rejects lake --rows=1', { command: 'rejects', lake: 'lake', rows: 1, allow: [] }],
    ['history lake --commits 5 --before 9', { command: 'history', lake: 'lake', commits: 5, before: 9, allow: [] }],
    ['history a b --id x', { command: 'history', landing: 'a', lake: 'b', id: 'x', allow: [] }],
    ['adopt a b --unknown leave --yes', { command: 'adopt', landing: 'a', lake: 'b', unknown: 'leave', yes: true, allow: [] }],
    ['reset a b', { command: 'reset', landing: 'a', lake: 'b', allow: [] }],
    ['reset a b --reload', { command: 'reset', landing: 'a', lake: 'b', choice: { reload: true }, allow: [] }],
    ['accept-rollback a b', { command: 'accept-rollback', landing: 'a', lake: 'b', allow: [] }],
    [
      'accept-rollback a b --reingest',
      { command: 'accept-rollback', landing: 'a', lake: 'b', rollback: { reingest: true }, allow: [] },
    ],
    [
      'accept-rollback --spec s b --leave-out',
      { command: 'accept-rollback', specFile: 's', lake: 'b', rollback: { leaveOut: true }, allow: [] },
    ],
    ['reset --spec s b --from-now', { command: 'reset', specFile: 's', lake: 'b', choice: { fromNow: true }, allow: [] }],
    ['run -- --odd lake', { command: 'run', landing: '--odd', lake: 'lake', allow: [] }],
    ['run a b --if-busy stop', { command: 'run', landing: 'a', lake: 'b', ifBusy: 'stop', allow: [] }],
    ['patch 1,3fa92c.2 a b', { command: 'patch', fixes: ['1', '3fa92c.2'], landing: 'a', lake: 'b', allow: [] }],
    ['patch 2 --spec s b', { command: 'patch', fixes: ['2'], specFile: 's', lake: 'b', allow: [] }],
    [
      'replay a b --code x:int64,Y --column x --file a.csv --commit 3,4 --only held,rejected --dry-run',
      {
        ...{ command: 'replay', landing: 'a', lake: 'b', dryRun: true, allow: [] },
        filter: {
          ...{ codes: ['x:int64', 'Y'], columns: ['x'], files: ['a.csv'] },
          ...{ sequences: [3, 4], states: ['held', 'rejected'] },
        },
      },
    ],
    ['rejects b --all', { command: 'rejects', lake: 'b', all: true, allow: [] }],
    ['run a b --isolation process', { command: 'run', landing: 'a', lake: 'b', isolation: 'process', allow: [] }],
  ])('reads "%s"', (line, wanted) => {
    expect(parse(line)).toEqual({ kind: 'command', json: false, arguments: wanted });
  });

  it('reads --set as often as it is given, in order', () => {
    expect(parse('run a b --set /id=x --set=/input/onChanged=append --set /id=y')).toMatchObject({
      arguments: {
        set: [
          { path: ['id'], value: 'x' },
          { path: ['input', 'onChanged'], value: 'append' },
          { path: ['id'], value: 'y' },
        ],
      },
    });
    expect(problemOf(['run', 'a', 'b', '--set']).message).toBe('--set needs a value: --set=<place>=<value>.');
    expect(problemOf(['run', 'a', 'b', '--set', 'id=x']).message).toContain('--set id=x: "id" is no place in the spec');
  });

  it('reads types, limits and --json', () => {
    const { arguments: given, json } = parse(
      'run a b --json --columns x=int64 --limits columns=5,maxRejectedRows=7',
    ) as never as {
      arguments: unknown;
      json: boolean;
    };
    expect(json).toBe(true);
    expect(given).toMatchObject({
      columns: { x: { type: { kind: 'int64' } } },
      limits: { file: { columns: 5 }, spec: { maxRejectedRows: 7 } },
    });
  });

  it.each([
    ['--help', { kind: 'help', command: null }],
    ['-h', { kind: 'help', command: null }],
    ['help', { kind: 'help', command: null }],
    ['help run', { kind: 'help', command: 'run' }],
    ['run --help', { kind: 'help', command: 'run' }],
    ['head -h', { kind: 'help', command: 'head' }],
    ['--version', { kind: 'version' }],
    ['-V', { kind: 'version' }],
  ])('answers "%s"', (line, wanted) => {
    expect(parse(line)).toEqual(wanted);
  });

  it.each([
    ['', 'No command was given'],
    ['rum a b', 'There is no command "rum". Did you mean "calve run"?'],
    [
      'load-everything a b',
      'calve has run, preview, plan, apply, explain, head, rejects, findings, patch, replay, history, audit, adopt, reset, accept-rollback, bundle.',
    ],
    ['run a b --tabel x.y', 'calve run has no option --tabel. Did you mean --table?'],
    ['reset a b --reload --from-now', '--reload and --from-now exclude each other.'],
    ['accept-rollback a b --reingest --leave-out', '--reingest and --leave-out exclude each other.'],
    ['reset a b --reload=no', '--reload takes no value, but got "no".'],
    ['adopt a b --unknown lod', '--unknown is load or leave, not "lod". Did you mean load?'],
    ['adopt a', 'calve adopt wants a landing folder and a lake, and only "a" is named.'],
    ['history', 'calve history: the lake folder is missing.'],
    ['history lake --commits 1001', '--commits: "1001" is not a whole number from 1 to 1000.'],
    ['history lake --before 0', '--before: "0" is not a whole number'],
    ['history lake --pattern x', '--pattern is about a landing folder, and none is named.'],
    ['run a b --yes', 'calve run has no option --yes; calve adopt has it.'],
    ['run a b --zzzzzzzzz', 'calve run --help lists them.'],
    ['run a b -x', 'calve run has no option -x.'],
    ['run a b --output p.json', 'calve run has no option --output; calve plan, calve bundle have it.'],
    ['explain p.json --rows 3', 'calve preview, calve head, calve rejects have it.'],
    ['run a b --table', '--table needs a value: --table=<name>.'],
    ['run a b --table --json', '--table needs a value, but "--json" came next.'],
    ['run a b --table= ', '--table needs a value'],
    ['run a b --json=yes', '--json takes no value, but got "yes".'],
    ['run a b --table x.y --table x.z', '--table is given twice.'],
    ['run', 'calve run: the landing folder is missing.'],
    ['run a', 'calve run wants a landing folder and a lake, and only "a" is named.'],
    ['run --spec s.json', 'calve run: the lake folder is missing.'],
    ['run a b c', 'does not know what to do with "c"'],
    ['run --spec s.json a b', 'With --spec only the lake is named.'],
    ['run --spec s.json a --table x.y', '--table and --spec exclude each other'],
    ['run --spec s.json a --limits maxRejectedRows=3', 'maxRejectedRows is said by the spec'],
    ['apply p.json a --limits maxRejectedRows=3', 'maxRejectedRows is said by the plan'],
    ['apply p.json', 'calve apply: the lake folder is missing.'],
    ['apply', 'calve apply: the plan file is missing.'],
    ['explain', 'calve explain: the plan file is missing.'],
    ['head', 'calve head: the lake folder is missing.'],
    ['head a --rows 0', '--rows: "0" is not a whole number from 1 to 10000.'],
    ['head a --rows many', '--rows: "many"'],
    ['head a --rows 10001', '--rows: "10001"'],
    ['run a b --allow hold', 'there is no state "hold". Did you mean held?'],
    ['run a b --if-busy stopp', 'Did you mean stop?'],
    [
      'preview a b --if-busy stop',
      'calve preview has no option --if-busy; calve run, calve apply, calve replay, calve adopt, calve reset, calve accept-rollback have it.',
    ],
    ['run a b --isolation proces', 'Did you mean process?'],
    ['patch a b', 'calve patch begins with the fixes'],
    ['patch 1,x a b', '"x" is none'],
    ['patch 1 a', 'calve patch wants a landing folder and a lake'],
    ['replay a b --only rejcted', 'Did you mean rejected?'],
    ['replay a b --commit x', '--commit: "x"'],
  ])('refuses "%s"', (line, message) => {
    const error = problemOf(line.split(' ').filter((word) => word !== ''));
    expect(error.message).toContain(message);
    expect([error.code, error.recovery.kind]).toEqual(['CONFIGURATION_INVALID', 'fix-input']);
  });

  it('shows the one usage line that matters', () => {
    expect(problemOf(['apply', 'p.json']).context).toMatchObject({ usage: 'calve apply <plan.json> <lake>' });
    expect(problemOf(['rum']).context).toEqual({});
  });

  it('refuses an empty argument, as an unset variable of a shell gives', () => {
    expect(problemOf(['run', '', 'lake']).message).toContain('is a variable of the shell not set?');
  });

  it('knows what was wanted of a command line that it cannot parse', () => {
    expect(asksForJson(['run', '--tabel', '--json'])).toBe(true);
    expect(asksForJson(['run', '--', '--json'])).toBe(false);
    expect(commandOf(['--json', 'run', '--tabel'])).toBe('run');
    expect(commandOf(['rum'])).toBe(null);
  });
});

describe('the table of commands', () => {
  it('gives every command --json and --help, and every option to some command', () => {
    const used = new Set<OptionName>(['version']);
    for (const name of COMMAND_NAMES) {
      expect(COMMANDS[name].options).toEqual(expect.arrayContaining(['json', 'help']));
      for (const option of COMMANDS[name].options) used.add(option);
    }
    expect([...used].sort()).toEqual(Object.keys(OPTIONS).sort());
  });
});
