import { CalveError, type IngestionSpec } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import type { GivenValue } from '../arguments/parse-set.ts';
import { withValues } from '../arguments/set-values.ts';
import type { LocalCalve } from '../open-calve.ts';

/**
 * A spec with what `--set` says, checked as any other.
 *
 * @param spec As it stands in a file, or as the other options make it.
 * @throws {CalveError} `SPEC_INVALID` or `CONFIGURATION_INVALID` (fix-input): what is wrong in which place, and which option put it there.
 */
export function specWithValues(calve: LocalCalve, spec: unknown, values: readonly GivenValue[] = []): IngestionSpec {
  if (values.length === 0) return calve.parse(spec);
  const changed = withValues(spec as Json, values);
  try {
    return calve.parse(changed);
  } catch (error) {
    throw CalveError.is(error) && error.code === 'SPEC_INVALID' ? withOptions(error, values) : error;
  }
}

/** The error with the option behind each line that it is to blame for. */
function withOptions(error: CalveError, values: readonly GivenValue[]): CalveError {
  const lines = error.message.split('\n').map((line) => {
    const place = /^(\/.*?): /.exec(line)?.[1];
    const guilty = place === undefined ? undefined : values.findLast(({ path }) => isRelated(place, path));
    return guilty === undefined ? line : `${line} (${guilty.option})`;
  });
  const { code, recovery, context } = error;
  return new CalveError(code, lines.join('\n'), { recovery, context, cause: error });
}

/** One of the places is in the other one. */
function isRelated(place: string, path: readonly string[]): boolean {
  const own = `${path.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}/`;
  return own.startsWith(`${place}/`) || `${place}/`.startsWith(own);
}
