import { COMMAND_NAMES, COMMANDS, type CommandName, OPTIONS, type OptionName } from '../arguments/command-line.ts';

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
    '<landing> is a folder or a file, <lake> a folder; it is made by the first run and holds catalog.db, warehouse and calve.db.',
    ...EXIT_CODES,
  ]);
}

/** What `calve <command> --help` prints. */
export function commandHelp(command: CommandName): string {
  const { usage, summary, options } = COMMANDS[command];
  const left = options.map(optionText);
  const width = Math.max(...left.map((words) => words.length));
  return text([
    `calve ${command}: ${summary}.`,
    '',
    ...usage.map((line, place) => `${place === 0 ? 'Usage: ' : '       '}${line}`),
    '',
    'Options',
    ...options.map((name, place) => `  ${left[place]?.padEnd(width)}  ${OPTIONS[name].help}`),
    '',
    ...EXIT_CODES,
  ]);
}

const EXIT_CODES = [
  'Exit codes: 0 done or nothing new, 1 error, 10 files held or quarantined, 20 a schema decision is needed,',
  '30 wrong arguments, spec or plan file, 130 stopped.',
];

function optionText(name: OptionName): string {
  const { value, short } = OPTIONS[name];
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${value === null ? '' : ` ${value}`}`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
