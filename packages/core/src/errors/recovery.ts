/**
 * What the caller does after an error.
 *
 * - `retry`: the same call may succeed later, after `afterMilliseconds` when given.
 * - `verify`: the outcome is unknown; look at the state before doing anything else.
 * - `replan`: the world changed since the plan was made; make a new plan.
 * - `decide`: somebody has to choose one of `choices`.
 * - `fix-input`: the file, spec or argument is wrong.
 * - `fix-access`: credentials or permissions are missing.
 * - `report`: a defect of Calve or of a plugin; please report it with the context.
 */
export type Recovery =
  | { kind: 'retry'; afterMilliseconds?: number }
  | { kind: 'verify' | 'replan' | 'fix-input' | 'fix-access' | 'report' }
  | { kind: 'decide'; choices: string[] };
