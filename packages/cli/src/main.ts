import { type CalveErrorData, errorData } from '@calve/core';
import type { ProgressStream } from '@calve/core/node';
import { visibleText } from '@calve/core/node';
import type { CommandName } from './arguments/command-line.ts';
import type { CommandArguments, Invocation } from './arguments/invocation.ts';
import { asksForJson, commandOf, parseCommandLine } from './arguments/parse-command-line.ts';
import type { Command, CommandAnswer } from './commands/command.ts';
import { failedDocument } from './commands/failed-document.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { commandLine } from './render/command-line.ts';
import { type ErrorContext, errorLines } from './render/error-lines.ts';
import { commandHelp, generalHelp } from './render/help-text.ts';
import { StatusLine } from './render/status-line.ts';

/** Where a command line comes from and where its output goes. */
export interface Shell {
  /** Without the program itself. */
  words: readonly string[];
  workingDirectory: string;
  version: string;
  /** The words that start this program, for commands to copy: `calve`. */
  program: string;
  stdout: { write(text: string): unknown };
  stderr: ProgressStream;
  /** Aborted when the command shall end. */
  signal: AbortSignal;
  /** Stacks are shown: `CALVE_DEBUG=1`. */
  isDebugging: boolean;
}

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).run,
  preview: async () => (await import('./commands/preview.ts')).preview,
  plan: async () => (await import('./commands/plan.ts')).plan,
  apply: async () => (await import('./commands/apply.ts')).apply,
  explain: async () => (await import('./commands/explain.ts')).explain,
  head: async () => (await import('./commands/head.ts')).head,
  rejects: async () => (await import('./commands/rejects.ts')).rejects,
  findings: async () => (await import('./commands/findings.ts')).findings,
  patch: async () => (await import('./commands/patch.ts')).patch,
  replay: async () => (await import('./commands/replay.ts')).replay,
  history: async () => (await import('./commands/history.ts')).history,
  audit: async () => (await import('./commands/audit.ts')).audit,
  adopt: async () => (await import('./commands/adopt.ts')).adopt,
  reset: async () => (await import('./commands/reset.ts')).reset,
  'accept-rollback': async () => (await import('./commands/accept-rollback.ts')).acceptRollback,
  bundle: async () => (await import('./commands/bundle.ts')).bundle,
};

/** Does what a command line asks for and tells how it ended. Whatever goes wrong is told too: it rejects only when a stream throws. */
export async function main(shell: Shell): Promise<ExitCode> {
  const status = new StatusLine(shell.stderr);
  let invocation: Invocation;
  try {
    invocation = parseCommandLine(shell.words);
  } catch (error) {
    return fail(error, { command: commandOf(shell.words), json: asksForJson(shell.words) }, shell, status);
  }
  if (invocation.kind === 'version') shell.stdout.write(`${shell.version}\n`);
  if (invocation.kind === 'help') {
    shell.stdout.write(invocation.command === null ? generalHelp() : commandHelp(invocation.command));
  }
  return invocation.kind === 'command' ? execute(invocation, shell, status) : 0;
}

async function execute(
  { arguments: given, json }: Invocation & { kind: 'command' },
  shell: Shell,
  status: StatusLine,
): Promise<ExitCode> {
  const { workingDirectory, program, signal, stderr: progress } = shell;
  const lineOf = (command: CommandName, more: readonly string[] = []): string => commandLine(shell, command, more);
  const asked = { command: given.command, json, lineOf };
  let answer: CommandAnswer;
  try {
    status.show(beginningOf(given));
    const command = await COMMANDS[given.command]();
    answer = await command(given, {
      ...{ workingDirectory, program, lineOf, signal, progress },
      note: (lines) => status.print(lines),
      busy: (words) => status.show(words),
    });
  } catch (error) {
    return fail(error, asked, shell, status);
  } finally {
    status.show(null);
  }
  const { document, text, cause, names } = answer;
  shell.stdout.write(json ? `${JSON.stringify(document)}\n` : text.split('\n').map(visibleText).join('\n'));
  if (document.error !== null) {
    const message = names?.inText(document.error.message) ?? document.error.message;
    const isListed = !json && text !== '';
    showError({ ...document.error, message }, cause, { ...asked, isListed, ...(names && { names }) }, shell, status);
  }
  return document.exitCode;
}

const LOOK_AT_FILES: ReadonlySet<CommandName> = new Set([
  'run',
  'preview',
  'plan',
  'findings',
  'patch',
  'replay',
  'audit',
  'adopt',
  'reset',
  'accept-rollback',
  'bundle',
]);

/** What a command begins with, which may take long when there are many files. */
function beginningOf({ command, landing, lake, specFile, planFile }: CommandArguments): string {
  if (LOOK_AT_FILES.has(command)) return `Looking at the files of ${landing ?? specFile}`;
  return `Reading ${planFile ?? lake}`;
}

type Asked = Pick<ErrorContext, 'command' | 'lineOf'> & { json: boolean };

function fail(cause: unknown, asked: Asked, shell: Shell, status: StatusLine): ExitCode {
  status.show(null);
  const error = errorData(cause);
  const exitCode = exitCodeOf(error);
  if (asked.json) shell.stdout.write(`${JSON.stringify(failedDocument(asked.command, exitCode, error))}\n`);
  showError(error, cause, asked, shell, status);
  return exitCode;
}

function showError(error: CalveErrorData, cause: unknown, context: ErrorContext, shell: Shell, status: StatusLine): void {
  status.print(errorLines(error, context));
  if (shell.isDebugging && cause instanceof Error && cause.stack) status.print(cause.stack.split('\n'));
}
