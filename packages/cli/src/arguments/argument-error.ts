import { CalveError } from '@calve/core';
import { COMMANDS, type CommandName } from './command-line.ts';

/**
 * The error of a wrong command line: code `CONFIGURATION_INVALID`, recovery `fix-input`.
 *
 * @param command Whose usage line is shown, where one helps.
 */
export function argumentError(message: string, command?: CommandName): CalveError {
  return new CalveError('CONFIGURATION_INVALID', message, {
    recovery: 'fix-input',
    ...(command === undefined ? {} : { context: { usage: COMMANDS[command].usage[0] ?? '', command } }),
  });
}
