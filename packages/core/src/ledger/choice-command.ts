/** How the choices begin that an operation on the ledger fulfils; the rest of the sentence says why. */
const BEGINNINGS = {
  adopt: 'adopt the table',
  reset: 'reset the ledger',
  'accept-rollback': 'accept the rollback',
} as const;

/** A command of `calve`, and the method of `Calve` of the same name in camel case, that decides what becomes of a ledger. */
export type LedgerCommand = keyof typeof BEGINNINGS;

/**
 * The operation that does what a choice of an error says (`recovery.choices`), for hosts that offer it.
 *
 * @returns null: it is not done with Calve, such as restoring a backup.
 */
export function commandOfChoice(choice: string): LedgerCommand | null {
  const commands = Object.keys(BEGINNINGS) as LedgerCommand[];
  return commands.find((command) => choice.startsWith(BEGINNINGS[command])) ?? null;
}
