import { expect, it } from 'vitest';
import { commandOfChoice } from './choice-command.ts';
import { ACCEPT_ROLLBACK, PUT_BACK } from './rollback-choices.ts';

it.each([
  ['adopt the table, which rebuilds the state from its rows', 'adopt'],
  ['reset the ledger with reload', 'reset'],
  [ACCEPT_ROLLBACK, 'accept-rollback'],
  [PUT_BACK, null],
])('the command that does "%s" is %s', (choice, command) => {
  expect(commandOfChoice(choice)).toBe(command);
});
