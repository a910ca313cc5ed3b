import { CalveError } from '../errors/calve-error.ts';
import type { Environment } from './environment.ts';

/** Stands in where the platform has no environment of its own: a browser, say. The host passes one to `createCalve`. */
export function defaultEnvironment(): Environment {
  throw new CalveError('ENVIRONMENT_MISSING', 'This platform has no default environment; pass `environment` to createCalve().', {
    recovery: 'fix-input',
  });
}
