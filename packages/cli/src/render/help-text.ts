import { COMMAND_NAMES, COMMANDS, type CommandName, ENDINGS, OPTIONS, type OptionName } from '../arguments/command-line.ts';

/** What `calve --help` prints. */
export function generalHelp(): string {
  const width = Math.max(...COMMAND_NAMES.map((name) => name.length));
  return text([
    'calve: files in, Icebergs out.',
    '',
    'Usage: calve run <landing> <lake>',
    '',
    'Commands',
    ...COMMAND_NAMES.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name].summary}`),
    '',
    '  calve <command> --help   its options',
    '  calve --version',
    '',
    '<landing> is a folder or a file, <lake> a folder; it is made by the first run and holds catalog.db and warehouse, which are the tables, and',
    'calve.db, the state: a ledger for each ingestion, which is its memory of loaded files.',
    '',
    'A run that was killed: run it again. Table or state were restored, deleted or rolled back: run and audit say so, and name the command that helps.',
    'Exit codes: 0 done or nothing new, 1 error, 10 files held or quarantined, or the audit found something, 20 a schema decision is needed,',
    '30 wrong arguments, spec or plan file, or a choice is missing, 130 stopped.',
  ]);
}

/** What `calve <command> --help` prints. */
export function commandHelp(command: CommandName): string {
  const { usage, summary, options, optionHelp = {}, notes = [], endings } = COMMANDS[command];
  const more = (endings.includes('undecided') ? endings : [...endings, 'mistyped' as const]).map((ending) => ENDINGS[ending]);
  const left = options.map(optionText);
  const width = Math.max(...left.map((words) => words.length));
  return text([
    `calve ${command}: ${summary}.`,
    '',
    ...usage.map((line, place) => `${place === 0 ? 'Usage: ' : '       '}${line}`),
    '',
    'Options',
    ...options.map((name, place) => `  ${left[place]?.padEnd(width)}  ${optionHelp[name] ?? OPTIONS[name].help}`),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    'Exit codes',
    ...['0    done, or nothing was new', '1    an error', ...more, '130  stopped'].map((line) => `  ${line}`),
  ]);
}

function optionText(name: OptionName): string {
  const { value, short } = OPTIONS[name];
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === null ? '' : ` ${value}`}`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
