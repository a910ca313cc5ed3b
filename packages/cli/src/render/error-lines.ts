import { type CalveErrorData, commandOfChoice, ownFixes, type RunResult } from '@calve/core';
import type { CommandName } from '../arguments/command-line.ts';
import type { FileNames } from './file-names.ts';
import { fixText } from './fix-text.ts';
import { optionWords } from './option-words.ts';
import { filesText } from './run-lines.ts';

const NAMED_FILES = 5;

/** Where the error happened. */
export interface ErrorContext {
  command: CommandName | null;
  /** The files that an error is about are listed above it. */
  isListed?: boolean;
  /** The line that the user typed, as that of another command. */
  lineOf?: (command: CommandName) => string;
  /** How its files are called; absent: they are not named in what is to be done. */
  names?: FileNames;
}

/** An error for people: code, words, what to do. Never a stack. */
export function errorLines(error: CalveErrorData, { command, isListed = false, names, lineOf }: ErrorContext): string[] {
  const message = isListed && error.code === 'UNITS_SET_ASIDE' ? error.message.replace(/ The first one: .*/s, '') : error.message;
  const [first, ...rest] = optionWords(message).split('\n');
  if (error.code === 'CANCELLED') return stoppedLines(error, command);
  if (error.recovery.kind === 'report') return defectLines(error);
  return [
    `error ${error.code}: ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...ownFixes(error).map((fix) => `  -> ${fixText(fix, true)}`),
    ...whatToDo(error, command, names).map((text) => `  ${text}`),
    ...(lineOf ? waysOut(error, lineOf) : []).map((text) => `  ${text}`),
  ];
}

/** The commands behind what somebody has to decide; each says what it would do before it does anything. */
function waysOut({ recovery }: CalveErrorData, lineOf: (command: CommandName) => string): string[] {
  const choices = recovery.kind === 'decide' ? recovery.choices : [];
  const named = new Set(choices.map(commandOfChoice));
  return (['adopt', 'reset', 'accept-rollback'] as const)
    .filter((command) => named.has(command))
    .map((command) => `To see what ${command} would do (nothing is changed yet): ${lineOf(command)}`);
}

/** What is in the table when a command was stopped, and how to go on. */
function stoppedLines({ context }: CalveErrorData, command: CommandName | null): string[] {
  const result = (context as { result?: { units?: { ingested?: number } } } | null)?.result;
  // What an earlier run left open may have come to its end.
  if (command === 'reset') return ['stopped CANCELLED: the ledger was not reset.'];
  if (command === 'accept-rollback') return ['stopped CANCELLED: the rollback was not accepted.'];
  if (command !== 'run' && command !== 'apply') return ['stopped CANCELLED: nothing was changed.'];
  const files = result?.units?.ingested ?? 0;
  if (files === 0) {
    return ['stopped CANCELLED: nothing was committed.', '  What to do: run the same command again; it loads nothing twice.'];
  }
  return [
    `stopped CANCELLED: what was committed before (${filesText(files)}) stays.`,
    '  What to do: run the same command again; it goes on where this one ended, and loads nothing twice.',
  ];
}

/** What an error means that nobody foresaw. */
export function defectLines({ code, message }: Pick<CalveErrorData, 'code' | 'message'>): string[] {
  const words = message.replace(/\s*\n\s*/g, ' ');
  return [
    `error ${code}: ${words} This is a defect of Calve: please report this line in its issue tracker, with the command that you ran (CALVE_DEBUG=1 adds the place in the program).`,
  ];
}

/** What the user does next, from what the error asks for. */
function whatToDo(error: CalveErrorData, command: CommandName | null, names: FileNames | undefined): string[] {
  const { recovery, context } = error;
  const files = names ? fileList(error, names) : '';
  const usage = (context as { usage?: unknown } | null)?.usage;
  if (typeof usage === 'string') return [`Usage: ${usage}   (calve ${command === null ? '' : `${command} `}--help tells more)`];
  switch (recovery.kind) {
    case 'retry': {
      const wait =
        recovery.afterMilliseconds === undefined ? '' : `, not before ${Math.ceil(recovery.afterMilliseconds / 1000)} s`;
      return [`What to do: run the same command again${wait}; it may succeed then.`];
    }
    case 'verify':
      return [
        'What to do: it is not known whether the last step arrived. Run the same command again: it looks first, and loads nothing twice.',
      ];
    case 'replan':
      return [
        command === 'apply'
          ? 'What to do: make a new plan with calve plan, and apply that.'
          : 'What to do: run the same command again.',
      ];
    case 'decide':
      return [`What to do: ${recovery.choices.map((choice) => choiceText(choice, context, files, command)).join('; or ')}.`];
    case 'fix-input':
      if (error.code === 'CONFIGURATION_INVALID' || error.code === 'SPEC_INVALID') return [];
      if (error.code === 'SOURCE_NOT_FOUND')
        return ['What to do: name a folder or file that exists; relative paths start at the working directory.'];
      return ['What to do: correct what the message names, then run the same command again.'];
    case 'fix-access':
      return ['What to do: get the permission that the message names, then run the same command again.'];
    case 'report':
      return [];
  }
}

function choiceText(choice: string, context: CalveErrorData['context'], files: string, command: CommandName | null): string {
  if (choice === 'change the spec as the findings propose') {
    return command === 'apply' ? 'make a new plan with the words behind ->' : 'add the words behind -> to the command';
  }
  if (choice === 'fix the files' && files !== '') return `fix ${files}`;
  if (choice !== 'allow these states') return optionWords(choice);
  const { units } = (context as { result?: Pick<RunResult, 'units'> } | null)?.result ?? {};
  const states = (['held', 'quarantined', 'failed'] as const).filter((state) => (units?.[state] ?? 0) > 0);
  return allowText(
    states,
    states.reduce((sum, state) => sum + (units?.[state] ?? 0), 0),
  );
}

/** What `--allow` means, as something to do. It loads nothing: the files stay out, and are no failure any more. */
export function allowText(states: readonly string[], files: number): string {
  return `leave ${files === 1 ? 'it' : 'them'} out with --allow ${states.join(',')}, and the exit code becomes 0`;
}

/** The files that an error is about, the first ones by name. */
function fileList({ diagnostics }: CalveErrorData, names: FileNames): string {
  const files = [...new Set(diagnostics.flatMap(({ at }) => (at === undefined || at.unit === '' ? [] : [names.of(at.unit)])))];
  const rest = files.length - NAMED_FILES;
  const named = files.slice(0, rest > 1 ? NAMED_FILES : files.length).join(', ');
  return rest > 1 ? `${named} and ${rest} more` : named;
}
