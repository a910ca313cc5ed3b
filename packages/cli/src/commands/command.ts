import type { ProgressStream } from '@calve/core/node';
import type { CommandName } from '../arguments/command-line.ts';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { CommandDocument } from '../documents.ts';
import type { FileNames } from '../render/file-names.ts';

/** What a command may touch beside the files that its arguments name. */
export interface CommandContext {
  /** Relative paths start here. */
  workingDirectory: string;
  /** The words that start this program, for commands to copy. */
  program: string;
  /** The line that this command was given, as that of another command, to copy. */
  lineOf(command: CommandName, more?: readonly string[]): string;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
  /** Takes the progress of a run. */
  progress: ProgressStream;
  /** Writes lines to stderr, control characters made visible. */
  note(lines: readonly string[]): void;
  /** Says on a terminal what is going on while nothing else is shown there; null: something else is. Leaves no trace. */
  busy(words: string | null): void;
}

/** What a command answers: the same thing for programs and for people. */
export interface CommandAnswer {
  document: CommandDocument;
  /** For stdout, with its line ends; may be empty. */
  text: string;
  /** What was thrown, where `document.error` is not null: its stack helps whoever looks into a defect. */
  cause?: unknown;
  /** Names of files in the message of `document.error`; absent: they stay as they are. */
  names?: FileNames;
}

/**
 * One command.
 *
 * @throws {CalveError} when it could not begin, or has nothing to tell beside the error; anything else is a defect.
 */
export type Command = (given: CommandArguments, context: CommandContext) => Promise<CommandAnswer>;
