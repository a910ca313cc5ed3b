import type { CalveErrorData } from '@calve/core';
import type { CommandName } from '../arguments/command-line.ts';
import type { CommandDocument } from '../documents.ts';
import type { ExitCode } from '../exit-code.ts';

/** The document of a command that has nothing to tell beside its error. */
export function failedDocument(command: CommandName | null, exitCode: ExitCode, error: CalveErrorData): CommandDocument {
  const end = { exitCode, error };
  switch (command) {
    case 'run':
    case 'apply':
      return { command, ...end, run: null };
    case 'plan':
      return { command, ...end, plan: null };
    case 'explain':
      return { command, ...end, explanation: null };
    case 'preview':
      return { command, ...end, preview: null };
    case 'head':
      return { command, ...end, rows: null };
    case 'rejects':
      return { command, ...end, rows: null, causes: null };
    case 'findings':
      return { command, ...end, findings: null };
    case 'patch':
      return { command, ...end, patch: null };
    case 'replay':
      return { command, ...end, run: null, preview: null };
    case 'history':
      return { command, ...end, history: null };
    case 'audit':
      return { command, ...end, audit: null };
    case 'bundle':
      return { command, ...end, bundle: null };
    case 'adopt':
      return { command, ...end, adopt: null };
    case 'reset':
      return { command, ...end, reset: null };
    case 'accept-rollback':
      return { command, ...end, acceptRollback: null };
    case null:
      return { command, ...end };
  }
}
