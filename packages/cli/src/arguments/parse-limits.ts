import type { LimitsSpec } from '@calve/core';
import { DEFAULT_LIMITS, type InputLimits, nearestNames } from '@calve/core/plugin';
import { argumentError } from './argument-error.ts';

/** What `--limits` sets: what one file may cost, and what one commit may. */
export interface GivenLimits {
  file: Partial<InputLimits>;
  spec: Partial<LimitsSpec>;
}

const SPEC_LIMITS = [
  'maxRejectedRows',
  'maxRejectedRatio',
  'maxUnitsPerBatch',
  'maxBytesPerBatch',
] as const satisfies readonly (keyof LimitsSpec)[];
const FILE_LIMITS = Object.keys(DEFAULT_LIMITS) as (keyof InputLimits)[];
const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/**
 * The limits that a text such as `recordBytes=64MiB,maxRejectedRatio=0.05` sets. Names are those that messages and the spec use; values
 * are numbers, where they are bytes also with KiB, MiB or GiB.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): an unknown name, with the nearest one; no number above 0; a name twice.
 */
export function parseLimits(text: string): GivenLimits {
  const limits: GivenLimits = { file: {}, spec: {} };
  const seen = new Set<string>();
  for (const entry of text.split(',')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
    if (name === undefined || value === undefined) {
      throw argumentError(
        `--limits: "${entry.trim()}" is not <limit>=<number>, such as 'recordBytes=64MiB,maxRejectedRatio=0.05'.`,
      );
    }
    if (seen.has(name)) throw argumentError(`--limits sets ${name} twice.`);
    seen.add(name);
    const fileLimit = FILE_LIMITS.find((known) => known === name);
    const specLimit = SPEC_LIMITS.find((known) => known === name);
    if (fileLimit !== undefined) limits.file[fileLimit] = numberOf(name, value);
    else if (specLimit !== undefined) limits.spec[specLimit] = numberOf(name, value);
    else throw unknownLimit(name);
  }
  return limits;
}

function numberOf(name: string, text: string): number {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,15})?)(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? 1);
  if (unit !== '' && !name.includes('Bytes')) throw argumentError(`--limits: ${name}=${text}: this is no number of bytes.`);
  if (
    name === 'maxRejectedRatio' ? value >= 0 && value <= 1 : Number.isInteger(value) && (value > 0 || name === 'maxRejectedRows')
  ) {
    return value;
  }
  const wanted = name === 'maxRejectedRatio' ? 'a number from 0 to 1' : 'a whole number above 0';
  throw argumentError(`--limits: ${name}=${text}: it has to be ${wanted}${name.includes('Bytes') ? ', such as 64MiB' : ''}.`);
}

function unknownLimit(name: string): Error {
  const known = [...FILE_LIMITS, ...SPEC_LIMITS];
  const [nearest] = nearestNames(name, known, { limit: 1, maximumDistance: 5 });
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return argumentError(`--limits: there is no limit "${name}".${hint} The limits: ${known.join(', ')}.`);
}
