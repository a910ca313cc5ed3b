import { CalveError } from '../errors/calve-error.ts';
import type { Environment } from './environment.ts';

/**
 * Stands in where neither Node nor a browser was asked for when the program was resolved or bundled. The host passes one to `createCalve`;
 * `browserEnvironment` of `@calve/core/browser` needs only what the Web has.
 */
export function defaultEnvironment(): Environment {
  throw new CalveError(
    'ENVIRONMENT_MISSING',
    'This platform has no default environment; pass one to createCalve(), such as browserEnvironment() of @calve/core/browser.',
    {
      recovery: 'fix-input',
    },
  );
}
