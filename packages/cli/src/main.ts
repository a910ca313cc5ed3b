import { type CalveErrorData, errorData } from '@calve/core';
import type { ProgressStream } from '@calve/core/node';
import { visibleText } from '@calve/core/node';
import type { CommandName } from './arguments/command-line.ts';
import type { Invocation } from './arguments/invocation.ts';
import { asksForJson, commandOf, parseCommandLine } from './arguments/parse-command-line.ts';
import type { Command, CommandAnswer } from './commands/command.ts';
import { failedDocument } from './commands/failed-document.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { errorLines } from './render/error-lines.ts';
import { commandHelp, generalHelp } from './render/help-text.ts';

/** Where a command line comes from and where its output goes. */
export interface Shell {
  /** Without the program itself. */
  words: readonly string[];
  workingDirectory: string;
  version: string;
  stdout: { write(text: string): unknown };
  stderr: ProgressStream;
  /** Aborted when the command shall end. */
  signal: AbortSignal;
  /** Stacks are shown: `CALVE_DEBUG=1`. */
  isDebugging: boolean;
}

const ERASE_LINE = '\r\u001b[2K';

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  preview: async () => (await import('./commands/preview.ts')).preview,
  plan: async () => (await import('./commands/plan.ts')).plan,
  apply: async () => (await import('./commands/apply.ts')).apply,
  explain: async () => (await import('./commands/explain.ts')).explain,
  head: async () => (await import('./commands/head.ts')).head,
  rejects: async () => (await import('./commands/rejects.ts')).rejects,
};

/** Does what a command line asks for and tells how it ended. Whatever goes wrong is told too: it rejects only when a stream throws. */
export async function main(shell: Shell): Promise<ExitCode> {
  let invocation: Invocation;
  try {
    invocation = parseCommandLine(shell.words);
  } catch (error) {
    return fail(error, commandOf(shell.words), asksForJson(shell.words), shell);
  }
  if (invocation.kind === 'version') shell.stdout.write(`${shell.version}\n`);
  if (invocation.kind === 'help') {
    shell.stdout.write(invocation.command === null ? generalHelp() : commandHelp(invocation.command));
  }
  return invocation.kind === 'command' ? execute(invocation, shell) : 0;
}

async function execute({ arguments: given, json }: Invocation & { kind: 'command' }, shell: Shell): Promise<ExitCode> {
  let answer: CommandAnswer;
  try {
    const command = await COMMANDS[given.command]();
    const note = (lines: readonly string[]): void => noteLines(lines, shell);
    const { workingDirectory, signal, stderr: progress } = shell;
    answer = await command(given, { workingDirectory, signal, progress, note });
  } catch (error) {
    return fail(error, given.command, json, shell);
  }
  const { document, text, cause, names } = answer;
  shell.stdout.write(json ? `${JSON.stringify(document)}\n` : text.split('\n').map(visibleText).join('\n'));
  if (document.error !== null) {
    const message = names?.inText(document.error.message) ?? document.error.message;
    showError({ ...document.error, message }, cause, given.command, shell);
  }
  return document.exitCode;
}

function fail(cause: unknown, command: CommandName | null, json: boolean, shell: Shell): ExitCode {
  const error = errorData(cause);
  const exitCode = exitCodeOf(error);
  if (json) shell.stdout.write(`${JSON.stringify(failedDocument(command, exitCode, error))}\n`);
  showError(error, cause, command, shell);
  return exitCode;
}

function showError(error: CalveErrorData, cause: unknown, command: CommandName | null, shell: Shell): void {
  noteLines(errorLines(error, { command }), shell);
  if (shell.isDebugging && cause instanceof Error && cause.stack) noteLines(cause.stack.split('\n'), shell);
}

/** On a terminal a progress line may be open: it makes way. */
function noteLines(lines: readonly string[], { stderr }: Shell): void {
  if (lines.length === 0) return;
  stderr.write(`${stderr.isTTY ? ERASE_LINE : ''}${lines.map((line) => `${visibleText(line)}\n`).join('')}`);
}
