import type { ReplayFilter, ReplayState } from '@calve/core';
import { nearestNames } from '@calve/core/plugin';
import { argumentError } from './argument-error.ts';
import type { OptionName } from './command-line.ts';

const STATES: readonly ReplayState[] = ['held', 'quarantined', 'failed', 'rejected'];

/**
 * What `calve replay` takes.
 *
 * @param text Value of an option.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): a state that does not exist, a commit that is no number.
 */
export function parseFilter(text: (name: OptionName) => string | undefined): ReplayFilter {
  const list = (name: OptionName): string[] | undefined =>
    text(name)
      ?.split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const [codes, columns, files, commits, only] = [list('code'), list('column'), list('file'), list('commit'), list('only')];
  return {
    ...(codes && { codes }),
    ...(columns && { columns }),
    ...(files && { files }),
    ...(commits && { sequences: commits.map(commitOf) }),
    ...(only && { states: only.map(stateOf) }),
  };
}

/**
 * Numbers or ids of fixes: `3`, `1,4`, `3fa92c.1`.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): none is named, or what is named is neither.
 */
export function parseFixes(word: string | undefined): string[] {
  const fixes = (word ?? '').split(',').map((one) => one.trim());
  const wrong = fixes.find((one) => !/^([1-9]\d{0,5}|[0-9a-f]{6}(-\d+)?\.\d+)$/.test(one));
  if (wrong === undefined) return fixes;
  throw argumentError(
    `calve patch begins with the fixes, by the numbers that calve findings shows, such as "calve patch 1,3 <landing> <lake>"; ${JSON.stringify(wrong)} is none.`,
    'patch',
  );
}

function commitOf(word: string): number {
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw argumentError(`--commit: "${word}" is not the number of a commit; calve history lists them.`);
}

function stateOf(word: string): ReplayState {
  const known = STATES.find((state) => state === word);
  if (known) return known;
  const [nearest] = nearestNames(word, STATES, { limit: 1, maximumDistance: 3 });
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw argumentError(`--only: there is no state "${word}".${hint} The states: ${STATES.join(', ')}.`);
}
